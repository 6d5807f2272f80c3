// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.json;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import kinglet.testkit.TestServer;
import tools.jackson.databind.JsonNode;

/// A whole server that is killed while rows are replaced, populated and deleted.
///
/// When it is through with what the round before it left, it prints what the tables hold, one line
/// each with the table's name in front, the newest job as `job kind status error`, then `serves
/// port token`.
final class ReplacementCrashChild {
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/facts.datasource",
          """
          SCHEMA >
              `generation` UInt32 `json:$.generation`,
              `part` UInt8 `json:$.part`,
              `n` UInt64 `json:$.n`

          ENGINE MergeTree
          ENGINE_PARTITION_KEY part
          ENGINE_SORTING_KEY n
          """,
          "datasources/sums.datasource",
          """
          SCHEMA >
              `part` UInt8,
              `generation` UInt32,
              `rows` UInt64,
              `total` UInt64

          ENGINE SummingMergeTree
          ENGINE_PARTITION_KEY part
          ENGINE_SORTING_KEY part, generation
          """,
          "pipes/sums_view.pipe",
          "NODE n\nSQL >\n    SELECT part, generation, count() AS rows, sum(n) AS total FROM facts"
              + " GROUP BY part, generation\n\nTYPE MATERIALIZED\nDATASOURCE sums\n",
          "pipes/second.pipe",
          "NODE made\nSQL >\n    SELECT part, generation, count() AS rows, sum(n) AS total FROM facts"
              + " GROUP BY part, generation\n",
          "datasources/deleted.datasource",
          """
          SCHEMA >
              `n` UInt64 `json:$.n`

          ENGINE MergeTree
          ENGINE_PARTITION_KEY n % 4
          ENGINE_SORTING_KEY n
          """);

  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put(
        "facts", "SELECT part, generation, count(), sum(n) FROM facts GROUP BY ALL ORDER BY ALL");
    QUESTIONS.put(
        "sums",
        "SELECT part, generation, sum(rows), sum(total) FROM sums GROUP BY ALL ORDER BY ALL");
    QUESTIONS.put("deleted", "SELECT min(n), count() FROM deleted");
  }

  private ReplacementCrashChild() {}

  public static void main(String[] arguments) throws InterruptedException, IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("flush.interval", "20ms");
    settings.put("ingest.url-private-addresses", "true");
    TestServer server = TestServer.start(Path.of(arguments[0]), settings);
    server.awaitReady();
    if (arguments[1].equals("0")) {
      HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
      if (!json(deployed).path("result").asString("").equals("success")) {
        throw new IllegalStateException(deployed.body());
      }
    }
    JsonNode job = newestJob(server);
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
      for (String line : ask(server, question.getValue())) {
        say(out, question.getKey() + " " + line.replace('\t', ' '));
      }
    }
    say(
        out,
        "job "
            + job.path("id").asString("none")
            + " "
            + job.path("status").asString("none")
            + " "
            + job.path("error").asString(""));
    say(out, "left " + leftovers(server));
    say(out, "serves " + server.server().port() + " " + server.adminToken());
    new CountDownLatch(1).await();
  }

  /// When no job is under way any more; deployments, such as one that unlinks a view, are not
  /// meant.
  private static JsonNode newestJob(TestServer server) {
    while (true) {
      JsonNode jobs = json(server.get("/v0/jobs")).path("jobs");
      boolean ended = true;
      JsonNode newest = jobs.path(-1);
      for (JsonNode job : jobs) {
        ended &= !List.of("waiting", "working").contains(job.path("status").asString(""));
        boolean first = newest.isMissingNode();
        newest = first && !job.path("kind").asString("").equals("deployment") ? job : newest;
      }
      if (ended) {
        return newest;
      }
    }
  }

  private static List<String> ask(TestServer server, String sql) {
    HttpResponse<String> answer =
        server.post("/v0/sql", sql + " FORMAT TSV", "text/plain; charset=utf-8");
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
    return answer.body().lines().toList();
  }

  /// Tables that nobody knows any more.
  private static String leftovers(TestServer server) throws IOException {
    String sql =
        "SELECT groupArray(name) FROM system.tables WHERE match(name, '^__(replace|populate)')"
            + " FORMAT TSVRaw";
    try (InputStream answer = server.server().read(sql)) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private static void say(FileOutputStream out, String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
