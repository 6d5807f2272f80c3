// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Sends what a statement answers.
///
/// The first bytes are held back: a statement that fails before they overflow gets a status of its
/// own. After that a failure shows as its text between two marks and a cut connection.
final class AnswerWriter {
  private static final int HELD_BYTES_MAX = 1 << 18;
  private static final long STATEMENT_HOURS_MAX = 24;
  private static final String MARK = "__exception__";
  private static final String TAG_LETTERS = "abcdefghijklmnopqrstuvwxyz";
  private static final int TAG_SIZE = 16;

  private final Path spoolDirectory;
  private final String version;
  private final RandomGenerator random;

  AnswerWriter(Path spoolDirectory, String version, RandomGenerator random) {
    this.spoolDirectory = spoolDirectory;
    this.version = version;
    this.random = random;
  }

  /// Waits for the job and sends its answer.
  ///
  /// @param whole nothing is sent before the statement is over
  /// @param sending runs before the first byte is sent
  void answer(
      HttpConnection connection,
      QueryJob job,
      QueryJob.Order order,
      @Nullable ResultPipe pipe,
      boolean whole,
      Runnable sending)
      throws IOException {
    String format = order.text().format().orElse(order.format());
    Map<String, String> headers = headers(job.queryId(), format);
    if (pipe == null) {
      Session.Result result = await(job);
      sending.run();
      send(connection, headers, result.counts(), result.bytes());
    } else if (whole) {
      answerWhole(connection, job, pipe, headers, sending);
    } else {
      answerStreaming(connection, job, pipe, headers, sending);
    }
  }

  private void answerStreaming(
      HttpConnection connection,
      QueryJob job,
      ResultPipe pipe,
      Map<String, String> headers,
      Runnable sending)
      throws IOException {
    ByteArrayOutputStream held = new ByteArrayOutputStream(1 << 13);
    byte[] bytes = pipe.read();
    while (bytes.length > 0 && held.size() + bytes.length <= HELD_BYTES_MAX) {
      held.write(bytes, 0, bytes.length);
      bytes = pipe.read();
    }
    if (bytes.length == 0) {
      Session.Result result = await(job);
      sending.run();
      held.writeBytes(result.bytes());
      send(connection, headers, result.counts(), held.toByteArray());
      return;
    }
    sending.run();
    String tag = freshTag();
    headers.put("X-ClickHouse-Exception-Tag", tag);
    OutputStream out = connection.stream(200, headers);
    held.writeTo(out);
    while (bytes.length > 0) {
      out.write(bytes, 0, bytes.length);
      bytes = pipe.read();
    }
    try {
      Session.Result unused = await(job);
      out.close();
    } catch (EngineFailure e) {
      out.write(marked(e, tag));
      connection.cut();
    }
  }

  private void answerWhole(
      HttpConnection connection,
      QueryJob job,
      ResultPipe pipe,
      Map<String, String> headers,
      Runnable sending)
      throws IOException {
    try (Spool spool = new Spool(spoolDirectory)) {
      for (byte[] bytes = pipe.read(); bytes.length > 0; bytes = pipe.read()) {
        spool.write(bytes);
      }
      Session.Result result = await(job);
      spool.write(result.bytes());
      sending.run();
      headers.put("X-ClickHouse-Summary", result.counts().summary());
      try (OutputStream out = connection.stream(200, headers)) {
        spool.writeTo(out);
      }
    }
  }

  private static Session.Result await(QueryJob job) throws IOException {
    try {
      return job.outcome().get(STATEMENT_HOURS_MAX, TimeUnit.HOURS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case EngineFailure failure -> throw failure;
        case IOException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (TimeoutException _) {
      throw EngineFailure.of(159, "TIMEOUT_EXCEEDED", "The statement takes too long.");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw EngineFailure.cancelled();
    }
  }

  private static void send(
      HttpConnection connection, Map<String, String> headers, Counts counts, byte[] body)
      throws IOException {
    headers.put("X-ClickHouse-Summary", counts.summary());
    connection.send(200, headers, body);
  }

  /// An answer to a statement this process carries out itself.
  void sendEmpty(HttpConnection connection, String queryId) throws IOException {
    send(connection, headers(queryId, "TabSeparated"), Counts.NONE, new byte[0]);
  }

  void sendFailure(HttpConnection connection, String queryId, EngineFailure failure)
      throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "text/plain; charset=UTF-8");
    headers.put("X-ClickHouse-Query-Id", headerValue(queryId));
    headers.put("X-ClickHouse-Exception-Code", Integer.toString(failure.code()));
    int status = HttpStatus.of(failure.code());
    if (status == 503) {
      headers.put("Retry-After", "1");
    }
    connection.send(status, headers, (text(failure) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private String text(EngineFailure failure) {
    return failure.text().strip() + " (version " + version + ")";
  }

  private byte[] marked(EngineFailure failure, String tag) {
    String text = text(failure);
    int size = text.getBytes(StandardCharsets.UTF_8).length;
    return ("\r\n" + MARK + "\r\n" + tag + "\r\n" + text + "\r\n" + size + " " + tag + "\r\n" + MARK
            + "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private String freshTag() {
    StringBuilder tag = new StringBuilder(TAG_SIZE);
    for (int i = 0; i < TAG_SIZE; i++) {
      tag.append(TAG_LETTERS.charAt(random.nextInt(TAG_LETTERS.length())));
    }
    return tag.toString();
  }

  private static Map<String, String> headers(String queryId, String format) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", contentType(format));
    headers.put("X-ClickHouse-Query-Id", headerValue(queryId));
    headers.put("X-ClickHouse-Format", format);
    headers.put("X-ClickHouse-Timezone", "UTC");
    return headers;
  }

  private static String headerValue(String text) {
    return text.replaceAll("[^\\x21-\\x7e]", "_");
  }

  private static String contentType(String format) {
    return switch (format) {
      case "JSON", "JSONCompact", "JSONStrings", "JSONColumns", "JSONObjectEachRow" ->
          "application/json; charset=UTF-8";
      case "JSONEachRow", "JSONCompactEachRow" -> "application/x-ndjson; charset=UTF-8";
      case "CSV" -> "text/csv; charset=UTF-8; header=absent";
      case "CSVWithNames", "CSVWithNamesAndTypes" -> "text/csv; charset=UTF-8; header=present";
      case "TabSeparated", "TSV", "TabSeparatedWithNames", "TSVWithNames" ->
          "text/tab-separated-values; charset=UTF-8";
      case "Native", "RowBinary", "Parquet", "Arrow", "ArrowStream", "ORC", "Avro" ->
          "application/octet-stream";
      case "XML" -> "application/xml; charset=UTF-8";
      default -> "text/plain; charset=UTF-8";
    };
  }
}
