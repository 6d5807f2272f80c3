// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.ingest.EventIngest;
import kinglet.ingest.flush.FlushOutcome;
import kinglet.ingest.flush.Flusher;

/// `POST /v0/datasources?mode=append`: the rows of a file, read as they come, stored when answered.
public final class AppendRoute {
  private static final int CHUNK_BYTES = 4 * 1024 * 1024;

  private final Access access;
  private final RequestBodies bodies;
  private final EventIngest ingest;
  private final Flusher flusher;
  private final Duration waitTimeout;
  private final long rowBytesMax;

  public AppendRoute(
      Access access,
      RequestBodies bodies,
      EventIngest ingest,
      Flusher flusher,
      Duration waitTimeout,
      long rowBytesMax) {
    this.access = access;
    this.bodies = bodies;
    this.ingest = ingest;
    this.flusher = flusher;
    this.waitTimeout = waitTimeout;
    this.rowBytesMax = rowBytesMax;
  }

  public void addTo(Routes routes) {
    routes.compatible("POST", "/v0/datasources", this::accept);
  }

  private void accept(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Parameters query = exchange.query();
    String mode = query.first("mode").orElse("");
    if (!mode.equals("append")) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "mode='"
              + mode
              + "' is not offered; data sources are made and changed by deployments,"
              + " rows are added with mode=append");
    }
    if (query.first("url").isPresent()) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "url= is not offered; send the rows in the body");
    }
    DataSource source = EventsRoute.appendable(access, exchange, caller);
    EventIngest.Format format = format(query);
    Total total = new Total();
    try (InputStream body = body(exchange)) {
      append(exchange, caller, source, format, body, total);
    } catch (IOException e) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "the body can't be read: " + e.getMessage(), e);
    }
    FlushOutcome outcome =
        total.lastSeq == 0
            ? new FlushOutcome.Stored()
            : flusher.awaitFlushed(source.id(), total.firstSeq, total.lastSeq, waitTimeout);
    exchange.respondJson(200, result(exchange, caller, source, total, outcome));
  }

  private void append(
      Exchange exchange,
      Caller caller,
      DataSource source,
      EventIngest.Format format,
      InputStream body,
      Total total)
      throws IOException {
    boolean csv = format == EventIngest.Format.CSV;
    RecordChunks chunks = new RecordChunks(body, CHUNK_BYTES, csv);
    byte[] head = new byte[0];
    byte[] chunk = chunks.next(rowBytesMax);
    boolean first = true;
    while (chunk.length > 0) {
      access.countBytes(exchange, caller, chunk.length);
      if (csv && first) {
        head = namesLine(chunk, source);
      }
      total.add(ingest.accept(source, first ? chunk : joined(head, chunk), format));
      first = false;
      chunk = chunks.next(rowBytesMax);
    }
  }

  /// The first line where it names columns; it then holds for every piece of the file.
  private static byte[] namesLine(byte[] chunk, DataSource source) {
    int end = 0;
    while (end < chunk.length && chunk[end] != '\n') {
      end++;
    }
    byte[] line = Arrays.copyOf(chunk, Math.min(end + 1, chunk.length));
    String text = new String(line, StandardCharsets.UTF_8).strip();
    for (String cell : text.split(",", -1)) {
      String name = cell.strip().replaceAll("^\"|\"$", "");
      boolean known =
          source.schema().columns().stream().anyMatch(column -> column.name().equals(name));
      if (!known) {
        return new byte[0];
      }
    }
    return line;
  }

  private static byte[] joined(byte[] head, byte[] chunk) {
    byte[] joined = Arrays.copyOf(head, head.length + chunk.length);
    System.arraycopy(chunk, 0, joined, head.length, chunk.length);
    return joined;
  }

  /// The rows themselves: the body, or the first part of a form that is a file or has content.
  private InputStream body(Exchange exchange) throws IOException {
    InputStream body = bodies.stream(exchange);
    String type = exchange.header("content-type").orElse("");
    if (!type.toLowerCase(Locale.ROOT).startsWith("multipart/")) {
      return body;
    }
    MultipartReader reader = new MultipartReader(type, body);
    Optional<MultipartReader.Part> part = reader.next();
    while (part.isPresent()) {
      if (part.get().filename().isPresent() || isRows(part.get().name())) {
        return part.get().body();
      }
      part = reader.next();
    }
    throw new PlatformException(HttpError.INVALID_REQUEST, "the form has no file");
  }

  private static boolean isRows(String field) {
    return List.of("csv", "ndjson", "file", "data").contains(field);
  }

  private static EventIngest.Format format(Parameters query) {
    String name = query.first("format").orElse("csv").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "csv" -> EventIngest.Format.CSV;
      case "ndjson", "jsonl", "json" -> EventIngest.Format.NDJSON;
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST, "format='" + name + "' is neither csv nor ndjson");
    };
  }

  private static Map<String, Object> result(
      Exchange exchange, Caller caller, DataSource source, Total total, FlushOutcome outcome) {
    long moved =
        outcome instanceof FlushOutcome.Incomplete incomplete ? incomplete.quarantinedRows() : 0;
    long quarantined = total.quarantinedRows + moved;
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("id", exchange.requestId());
    result.put("import_id", exchange.requestId());
    result.put("error", error(quarantined, outcome));
    result.put("quarantine_rows", quarantined);
    result.put("invalid_lines", total.invalidLines);
    result.put("successful_rows", Math.max(0, total.successfulRows - moved));
    result.put("quarantined_rows", quarantined);
    result.put("datasource", DataSourceShape.detailed(source, caller.resources(), Map.of()));
    result.put("blocks", List.of());
    result.put("block_log", List.of());
    return result;
  }

  /// False, or a text: the answer is 200 either way, as clients of this route expect.
  private static Object error(long quarantined, FlushOutcome outcome) {
    if (outcome instanceof FlushOutcome.Incomplete incomplete && !incomplete.views().isEmpty()) {
      return "The rows are stored, but not in every materialized view: "
          + String.join("; ", incomplete.views());
    }
    if (outcome instanceof FlushOutcome.Waiting) {
      return "The rows are durable and not stored yet; they will be shortly.";
    }
    return quarantined == 0
        ? false
        : "There was an error with file contents: " + quarantined + " rows in quarantine.";
  }

  /// What the pieces add up to.
  private static final class Total {
    private long successfulRows;
    private long quarantinedRows;
    private long invalidLines;
    private long firstSeq;
    private long lastSeq;

    void add(EventIngest.Accepted taken) {
      successfulRows += taken.successfulRows();
      quarantinedRows += taken.quarantinedRows();
      invalidLines += taken.invalidLines();
      if (taken.successfulRows() + taken.quarantinedRows() > 0) {
        firstSeq = firstSeq == 0 ? taken.firstSeq() : firstSeq;
        lastSeq = taken.lastSeq();
      }
    }
  }
}
