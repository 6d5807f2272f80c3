// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.ingest.EventIngest;
import kinglet.ingest.FileFormat;
import kinglet.ingest.FileImport;
import kinglet.observe.DataSourceOperation;
import kinglet.observe.ImportedBlock;
import kinglet.observe.ServiceLog;

/// The blocks that one file is accepted in, each written down as it comes. Of one thread.
final class ImportBlocks implements FileImport.Progress {
  private final ServiceLog log;
  private final DataSource source;
  private final DataSourceOperation.Cause cause;
  private final String from;
  private final String parser;
  private final List<ImportedBlock> done = new ArrayList<>();
  private long end;

  ImportBlocks(
      ServiceLog log,
      DataSource source,
      DataSourceOperation.Cause cause,
      String from,
      FileFormat format) {
    this.log = log;
    this.source = source;
    this.cause = cause;
    this.from = from;
    this.parser = format.name().toLowerCase(Locale.ROOT);
  }

  /// Accepts a file's rows.
  @FunctionalInterface
  interface Work {
    EventIngest.Accepted run() throws IOException;
  }

  /// Accepts the rows block by block; where that fails is written down too.
  EventIngest.Accepted of(Work work) throws IOException {
    try {
      return work.run();
    } catch (PlatformException e) {
      log.add(block(end, Optional.empty(), Optional.of(e.text())));
      throw e;
    }
  }

  /// Accepts a file whose rows are accepted all at once.
  ///
  /// @param length of the file, in bytes
  EventIngest.Accepted whole(long length, Work work) throws IOException {
    long startNanos = System.nanoTime();
    EventIngest.Accepted accepted = of(work);
    accepted(new FileImport.Piece(0, length, accepted, System.nanoTime() - startNanos), accepted);
    return accepted;
  }

  @Override
  public void accepted(FileImport.Piece piece, EventIngest.Accepted total) {
    ImportedBlock block = block(piece.start(), Optional.of(piece), Optional.empty());
    log.add(block);
    done.add(block);
    end = piece.end();
  }

  private ImportedBlock block(
      long start, Optional<FileImport.Piece> piece, Optional<String> error) {
    return new ImportedBlock(
        source.workspaceId(),
        log.now(),
        DataSourceOperation.Target.of(source),
        cause,
        from,
        parser,
        start,
        piece.map(ImportBlocks::counted),
        error);
  }

  private static ImportedBlock.Counted counted(FileImport.Piece piece) {
    return new ImportedBlock.Counted(
        piece.end(),
        piece.accepted().successfulRows(),
        piece.accepted().quarantinedRows(),
        piece.accepted().invalidLines(),
        piece.nanos());
  }

  List<ImportedBlock> done() {
    return done;
  }
}
