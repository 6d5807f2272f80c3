// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.ingest.decode.CsvDialect;
import kinglet.ingest.decode.DecodeError;
import kinglet.ingest.decode.DecodeLimits;
import kinglet.ingest.decode.RowDecoder;
import kinglet.journal.Appended;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.JournalEntry;
import kinglet.type.Block;
import kinglet.type.BlockCodec;
import kinglet.type.Known;
import kinglet.type.Schema;

/// Decodes the rows of one body and makes them durable as one unit. Safe from any thread.
public final class EventIngest {
  private static final int SCHEMAS_MAX = 1_000;
  private static final int SPARE_DECODERS = 16;

  private final Journal journal;
  private final Intake intake;
  private final DecodeLimits limits;
  private final Expectations expectations;
  private final Room room;
  private final Applied applied;

  /// Decoders nobody uses at the moment, by the schema they were made for.
  private final LoadingCache<Schema, BlockingQueue<RowDecoder>> spare =
      Caffeine.newBuilder()
          .maximumSize(SCHEMAS_MAX)
          .weakKeys()
          .build(_ -> new ArrayBlockingQueue<>(SPARE_DECODERS));

  /// Waits until features have room for more rows, or refuses them.
  @FunctionalInterface
  public interface Room {
    void await();
  }

  /// Waits until features have taken in the rows of a data source up to a sequence number.
  @FunctionalInterface
  public interface Applied {
    void await(long dataSourceId, long seq);
  }

  public EventIngest(
      Journal journal,
      Intake intake,
      DecodeLimits limits,
      Expectations expectations,
      Room room,
      Applied applied) {
    this.expectations = expectations;
    this.room = room;
    this.applied = applied;
    this.journal = journal;
    this.intake = intake;
    this.limits = limits;
  }

  /// How the rows of a body are written.
  public enum Format {
    /// One JSON object a line.
    NDJSON,
    /// One JSON object over any number of lines, or an array of them.
    JSON,
    /// Comma-separated values, with or without a line of names.
    CSV
  }

  /// How a body is to be read.
  ///
  /// @param known from when on its rows count as known
  public record Reading(Format format, CsvDialect dialect, Known known) {
    static Reading ofEvents(Format format) {
      return new Reading(format, CsvDialect.STANDARD, new Known.FromIngestion());
    }

    Reading withoutHeader() {
      return new Reading(format, dialect.withoutHeader(), known);
    }
  }

  /// What became of a body; sequence numbers are 0 when it had no rows.
  public record Accepted(
      long successfulRows, long quarantinedRows, long invalidLines, long firstSeq, long lastSeq) {
    static final Accepted NOTHING = new Accepted(0, 0, 0, 0, 0);

    Accepted at(Appended appended) {
      return new Accepted(
          successfulRows, quarantinedRows, invalidLines, appended.firstSeq(), appended.lastSeq());
    }

    /// This and what came after it.
    Accepted and(Accepted next) {
      return new Accepted(
          successfulRows + next.successfulRows,
          quarantinedRows + next.quarantinedRows,
          invalidLines + next.invalidLines,
          firstSeq == 0 ? next.firstSeq : firstSeq,
          Math.max(lastSeq, next.lastSeq));
    }
  }

  /// Metadata that becomes durable together with the rows of a body.
  @FunctionalInterface
  interface Checkpoint {
    Checkpoint NONE = _ -> Map.of();

    /// @param counted what is about to be accepted; its sequence numbers are not known yet
    Map<String, byte[]> changes(Accepted counted);
  }

  /// Returns when every row of the body is durable, good or quarantined, and part of what features
  /// give.
  public Accepted accept(DataSource source, byte[] body, Format format) {
    return accept(source, body, Reading.ofEvents(format), Checkpoint.NONE);
  }

  Accepted accept(DataSource source, byte[] body, Reading reading, Checkpoint checkpoint) {
    room.await();
    Accepted accepted =
        intake.enter(source, current -> acceptNow(current, body, reading, checkpoint));
    if (accepted.lastSeq() > 0) {
      applied.await(source.id(), accepted.lastSeq());
    }
    return accepted;
  }

  /// The data source as it is now; waits while it is closed.
  DataSource current(DataSource source) {
    return intake.enter(source, current -> current);
  }

  /// Makes entries durable, unless the schema they were made for has changed since; features take
  /// them in later.
  Optional<Appended> append(
      DataSource source, List<JournalEntry> entries, Map<String, byte[]> changes) {
    return intake.enter(
        source,
        current ->
            current.schemaVersion() == source.schemaVersion()
                ? Optional.of(journal.append(entries, changes))
                : Optional.empty());
  }

  private Accepted acceptNow(
      DataSource source, byte[] body, Reading reading, Checkpoint checkpoint) {
    BlockingQueue<RowDecoder> queue = spare.get(source.schema());
    RowDecoder waiting = queue.poll();
    RowDecoder decoder = waiting == null ? new RowDecoder(source.schema(), limits) : waiting;
    RowDecoder.Decoded decoded = decode(decoder, source, body, reading);
    Map<Integer, String> refused = expectations.check(source, decoded);
    if (!refused.isEmpty()) {
      decoder.refuse(refused);
      decoded = decode(decoder, source, body, reading);
      decoder.refuse(Map.of());
    }
    List<JournalEntry> entries = entries(source, decoded, reading.known());
    if (decoder.isReusable()) {
      boolean kept = queue.offer(decoder);
      assert kept || queue.remainingCapacity() == 0;
    }
    if (entries.isEmpty()) {
      return Accepted.NOTHING;
    }
    Accepted counted =
        new Accepted(
            decoded.successfulRows(), decoded.quarantinedRows(), decoded.invalidLines(), 0, 0);
    return counted.at(journal.append(entries, checkpoint.changes(counted)));
  }

  private static RowDecoder.Decoded decode(
      RowDecoder decoder, DataSource source, byte[] body, Reading reading) {
    Format format = reading.format();
    if (format != Format.CSV && !source.hasJsonPaths()) {
      throw new PlatformException(
          DecodeError.NO_JSON_PATHS,
          "the data source "
              + source.name()
              + " has no JSON paths: add `json:$.key` to its columns, or append CSV");
    }
    RowDecoder.Decoded decoded =
        switch (format) {
          case NDJSON -> decoder.ndjson(body);
          case JSON -> decoder.json(body);
          case CSV -> decoder.csv(body, reading.dialect());
        };
    boolean nothing =
        decoded.quarantinedRows() > 0
            && decoded.successfulRows() == 0
            && decoded.invalidLines() == decoded.quarantinedRows();
    if (format == Format.NDJSON && nothing) {
      // Perhaps one object over many lines.
      decoded = decoder.json(body);
      nothing = decoded.invalidLines() > 0;
    }
    if (format != Format.CSV && nothing) {
      throw new PlatformException(
          DecodeError.UNREADABLE_BODY,
          "no line of the body is a JSON object; nothing was stored. Send one object a line");
    }
    return decoded;
  }

  private static List<JournalEntry> entries(
      DataSource source, RowDecoder.Decoded decoded, Known known) {
    List<JournalEntry> entries = new ArrayList<>();
    for (Block block : decoded.rows()) {
      entries.add(
          known
              .stamped(block)
              .map(stamped -> entry(source, EntryKind.IMPORTED, stamped))
              .orElseGet(() -> entry(source, EntryKind.ROWS, block)));
    }
    decoded
        .quarantine()
        .ifPresent(block -> entries.add(entry(source, EntryKind.QUARANTINE, block)));
    return entries;
  }

  private static JournalEntry entry(DataSource source, EntryKind kind, Block block) {
    return new JournalEntry(
        source.id(), source.schemaVersion(), kind, block.rows(), BlockCodec.encode(block));
  }
}
