// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import kinglet.catalog.DataSource;
import kinglet.clickhouse.ClickHouse;
import kinglet.ingest.decode.CsvDialect;
import kinglet.ingest.decode.CsvFields;
import kinglet.ingest.file.FileDirectory;
import kinglet.ingest.file.FileSegment;
import kinglet.ingest.file.ParquetFile;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.JournalCursor;
import kinglet.journal.JournalEntry;
import kinglet.journal.StoredEntry;
import kinglet.type.Known;
import kinglet.type.Schema;

/// Accepts the rows of a file. Safe from any thread.
/* How an import is exactly once.
 *
 * Rows of text are accepted piece by piece. An import with a name writes down with each piece, in
 * the same unit of the journal, how many pieces there were and what they held; called again under
 * its name it passes over as many. A Parquet file is accepted as a whole: its segments are one unit.
 */
public final class FileImport {
  private static final int PIECE_BYTES = 4 << 20;
  private static final String KEY = "import.";

  private final EventIngest ingest;
  private final Journal journal;
  private final ClickHouse clickHouse;
  private final FileDirectory files;
  private final Expectations expectations;
  private final long rowBytesMax;

  public FileImport(
      EventIngest ingest,
      Journal journal,
      ClickHouse clickHouse,
      FileDirectory files,
      Expectations expectations,
      long rowBytesMax) {
    this.ingest = ingest;
    this.journal = journal;
    this.clickHouse = clickHouse;
    this.files = files;
    this.expectations = expectations;
    this.rowBytesMax = rowBytesMax;
  }

  /// The last row that is accepted by now.
  public long position() {
    return journal.committedSeq();
  }

  /// A part of a file whose rows were accepted at once.
  ///
  /// @param start where it begins in the unpacked file, in bytes
  public record Piece(long start, long end, EventIngest.Accepted accepted, long nanos) {}

  /// Hears of each piece that is accepted; may end the import by throwing.
  @FunctionalInterface
  public interface Progress {
    /// @param total what of the file is accepted by now
    void accepted(Piece piece, EventIngest.Accepted total);
  }

  /// Where the files are kept until their rows are inserted.
  public FileDirectory files() {
    return files;
  }

  /// Accepts rows of text as they come.
  ///
  /// @param importId under which the import goes on after a restart; none for one that cannot
  public EventIngest.Accepted text(
      DataSource source,
      InputStream text,
      EventIngest.Reading reading,
      Optional<String> importId,
      Progress progress)
      throws IOException {
    boolean csv = reading.format() == EventIngest.Format.CSV;
    CsvDialect dialect = reading.dialect();
    RecordChunks pieces =
        new RecordChunks(text, PIECE_BYTES, csv ? Optional.of(dialect) : Optional.empty());
    Mark mark = importId.flatMap(this::mark).orElse(Mark.START);
    EventIngest.Accepted total = mark.accepted(journal.committedSeq());
    byte[] names = new byte[0];
    long bytes = 0;
    long number = 0;
    byte[] piece = pieces.next(rowBytesMax);
    while (piece.length > 0) {
      if (csv && number == 0) {
        names = namesLine(piece, source, dialect);
      }
      number++;
      long start = bytes;
      bytes += piece.length;
      if (number > mark.pieces()) {
        long startNanos = System.nanoTime();
        Mark before = Mark.of(number, total);
        EventIngest.Checkpoint checkpoint =
            counted ->
                importId
                    .map(id -> Map.of(KEY + id, before.with(counted).encode()))
                    .orElseGet(Map::of);
        boolean later = csv && number > 1;
        EventIngest.Accepted accepted =
            ingest.accept(
                source,
                later ? joined(names, piece) : piece,
                later && names.length == 0 ? reading.withoutHeader() : reading,
                checkpoint);
        total = total.and(accepted);
        progress.accepted(new Piece(start, bytes, accepted, System.nanoTime() - startNanos), total);
      }
      piece = pieces.next(rowBytesMax);
    }
    return total;
  }

  /// Accepts all rows of a kept Parquet file, or none.
  ///
  /// @param importId under which the import goes on after a restart; also the name of the file
  /// @param known from when on its rows count as known
  public EventIngest.Accepted parquet(DataSource source, String importId, Known known) {
    return parquet(source, importId, known, UnaryOperator.identity());
  }

  /// The same for a file whose columns have the names of the data source's, wherever its JSON paths
  /// point; its rows count as known from now on.
  public EventIngest.Accepted byName(DataSource source, String importId) {
    return parquet(source, importId, new Known.FromIngestion(), Schema::withoutPaths);
  }

  private EventIngest.Accepted parquet(
      DataSource source, String importId, Known known, UnaryOperator<Schema> columns) {
    Optional<Mark> done = mark(importId);
    if (done.isPresent()) {
      return done.get().accepted(journal.committedSeq());
    }
    ParquetFile.Rows read = rows(source, columns.apply(source.schema()), importId, known);
    List<FileSegment> segments = read.segments();
    if (segments.isEmpty()) {
      return EventIngest.Accepted.NOTHING;
    }
    long rows = segments.stream().mapToLong(FileSegment::rows).sum();
    long misfits = segments.stream().mapToLong(FileSegment::misfits).sum();
    EventIngest.Accepted counted = new EventIngest.Accepted(rows - misfits, misfits, 0, 0, 0);
    List<JournalEntry> entries =
        segments.stream()
            .map(segment -> segment.entry(source.id(), source.schemaVersion()))
            .toList();
    Map<String, byte[]> changes = Map.of(KEY + importId, Mark.of(1, counted).encode());
    Optional<EventIngest.Accepted> accepted =
        ingest.append(source, entries, changes).map(counted::at);
    if (accepted.isPresent()) {
      expectations.count(source, read.fitting(), read.failed());
    }
    return accepted.orElseGet(() -> parquet(ingest.current(source), importId, known, columns));
  }

  /// Without rows to accept, the file is not needed.
  private ParquetFile.Rows rows(DataSource source, Schema schema, String importId, Known known) {
    boolean needed = false;
    try {
      ParquetFile.Rows rows =
          new ParquetFile(clickHouse, files, importId)
              .rows(importId, schema, known, Expectations.conditions(source));
      needed = !rows.segments().isEmpty();
      return rows;
    } finally {
      if (!needed) {
        files.remove(importId);
      }
    }
  }

  /// Whether rows of an import are accepted.
  public boolean hasBegun(String importId) {
    return mark(importId).isPresent();
  }

  /// Forgets what an import that has ended wrote down to go on.
  public void forget(String importId) {
    if (hasBegun(importId)) {
      journal.putMetadata(Map.of(KEY + importId, new byte[0]));
    }
  }

  /// Removes files of an earlier process that nobody needs.
  ///
  /// @param needed imports that go on
  public void tidy(Set<String> needed) {
    Set<String> kept = new HashSet<>(needed);
    kept.addAll(waiting());
    files.keepOnly(kept);
  }

  /// The files whose rows are still in the journal.
  private Set<String> waiting() {
    Set<String> names = new HashSet<>();
    try (JournalCursor cursor = journal.read(journal.firstSeq())) {
      Optional<StoredEntry> entry = cursor.next();
      while (entry.isPresent()) {
        if (entry.get().kind() == EntryKind.FILE) {
          names.add(FileSegment.decode(entry.get().payload()).file());
        }
        entry = cursor.next();
      }
    }
    return names;
  }

  private Optional<Mark> mark(String importId) {
    return journal.metadata(KEY + importId).map(Mark::decode);
  }

  /// How far an import has come.
  ///
  /// ```
  /// 0  8  pieces that are accepted
  /// 8  8  good rows in them
  /// 16 8  quarantined rows
  /// 24 8  lines that are no rows
  /// ```
  private record Mark(long pieces, long good, long quarantined, long invalid) {
    private static final int BYTES = 32;
    private static final Mark START = new Mark(0, 0, 0, 0);

    static Mark of(long pieces, EventIngest.Accepted total) {
      return new Mark(
          pieces, total.successfulRows(), total.quarantinedRows(), total.invalidLines());
    }

    Mark with(EventIngest.Accepted next) {
      return new Mark(
          pieces,
          good + next.successfulRows(),
          quarantined + next.quarantinedRows(),
          invalid + next.invalidLines());
    }

    /// Where the rows are is not written down: they lie before what is committed now.
    EventIngest.Accepted accepted(long lastSeq) {
      return pieces == 0
          ? EventIngest.Accepted.NOTHING
          : new EventIngest.Accepted(good, quarantined, invalid, lastSeq, lastSeq);
    }

    byte[] encode() {
      return ByteBuffer.allocate(BYTES)
          .putLong(pieces)
          .putLong(good)
          .putLong(quarantined)
          .putLong(invalid)
          .array();
    }

    static Mark decode(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      return new Mark(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
  }

  /// The first line where it names columns; it then holds for every piece of the file.
  private static byte[] namesLine(byte[] piece, DataSource source, CsvDialect dialect) {
    if (dialect.header() == CsvDialect.Header.ABSENT) {
      return new byte[0];
    }
    int end = 0;
    while (end < piece.length && piece[end] != dialect.newline()) {
      end++;
    }
    byte[] line = Arrays.copyOf(piece, Math.min(end + 1, piece.length));
    return dialect.header() == CsvDialect.Header.PRESENT || names(line, source, dialect)
        ? line
        : new byte[0];
  }

  private static boolean names(byte[] line, DataSource source, CsvDialect dialect) {
    CsvFields fields = new CsvFields(line, dialect);
    return fields.next() && fields.name(source.schema());
  }

  private static byte[] joined(byte[] head, byte[] piece) {
    byte[] joined = Arrays.copyOf(head, head.length + piece.length);
    System.arraycopy(piece, 0, joined, head.length, piece.length);
    return joined;
  }
}
