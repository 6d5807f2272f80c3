// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.ingest.FileFormat;
import kinglet.job.Job;
import kinglet.observe.DataSourceOperation;
import kinglet.observe.ServiceLog;

/// Writes down what requests do to data sources, and the blocks of the files they import.
public final class OperationLog {
  private final ServiceLog log;

  public OperationLog(ServiceLog log) {
    this.log = log;
  }

  /// What a request does.
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /// Begins to write down the blocks of a file in a request's body.
  ImportBlocks blocks(Exchange exchange, DataSource source, FileFormat format) {
    return new ImportBlocks(log, source, importing(exchange), "body", format);
  }

  /// Begins to write down the blocks of a file that a job fetched.
  ImportBlocks blocks(Job job, DataSource source, String url, FileFormat format) {
    Optional<String> id = Optional.of(job.id());
    return new ImportBlocks(
        log, source, new DataSourceOperation.Cause(Optional.empty(), id, id), url, format);
  }

  private static DataSourceOperation.Cause importing(Exchange exchange) {
    return DataSourceOperation.Cause.request(exchange.requestId()).withImport(exchange.requestId());
  }

  /// Imports a file, and writes down how many rows came of it.
  ImportOutcome imported(
      Exchange exchange, DataSource source, DataSourceOperation.Type type, Work<ImportOutcome> work)
      throws IOException {
    Instant start = log.now();
    long startNanos = System.nanoTime();
    try {
      ImportOutcome outcome = work.run();
      log.add(
          operation(exchange, source, type, start, startNanos)
              .wrote(
                  new DataSourceOperation.Written(
                      outcome.successfulRows(), outcome.quarantinedRows(), OptionalLong.empty()))
              .remarked(outcome.error()));
      return outcome;
    } catch (PlatformException e) {
      log.add(operation(exchange, source, type, start, startNanos).failed(e.text()));
      throw e;
    }
  }

  /// Does something to a data source.
  void done(Exchange exchange, DataSource source, DataSourceOperation.Type type, Runnable work) {
    Instant start = log.now();
    long startNanos = System.nanoTime();
    try {
      work.run();
      log.add(operation(exchange, source, type, start, startNanos));
    } catch (PlatformException e) {
      log.add(operation(exchange, source, type, start, startNanos).failed(e.text()));
      throw e;
    }
  }

  private static DataSourceOperation operation(
      Exchange exchange,
      DataSource source,
      DataSourceOperation.Type type,
      Instant start,
      long startNanos) {
    boolean rows =
        type == DataSourceOperation.Type.APPEND || type == DataSourceOperation.Type.REPLACE;
    return DataSourceOperation.of(
            source.workspaceId(),
            start,
            type,
            DataSourceOperation.Target.of(source),
            System.nanoTime() - startNanos)
        .by(rows ? importing(exchange) : DataSourceOperation.Cause.request(exchange.requestId()));
  }
}
