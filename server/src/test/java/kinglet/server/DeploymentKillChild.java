// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import kinglet.testkit.TestServer;
import kinglet.thread.Threads;
import tools.jackson.databind.JsonNode;

/// A whole server that is killed while it deploys and events stream in.
///
/// It prints what the round before it left: `sender NUMBER COUNT LAST` for the events of each
/// sender, `view NAME COUNT` for each view's target, `deployment ID STATUS ERROR` for the newest,
/// and `left TABLES`. Then it sends, `acked NUMBER LAST` for each event, and deploys.
final class DeploymentKillChild {
  static final int SENDERS = 2;

  /// The numbers of one sender's events begin here.
  static final int RANGE = 100_000;

  private static final String SCHEMA =
      "SCHEMA >\n    `n` UInt64 `json:$.n`,\n    `k` UInt8 `json:$.k`\n\n"
          + "ENGINE MergeTree\nENGINE_PARTITION_KEY k\nENGINE_SORTING_KEY \"";

  private final TestServer server;
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

  private DeploymentKillChild(TestServer server) {
    this.server = server;
  }

  public static void main(String[] arguments) throws Exception {
    TestServer server = TestServer.start(Path.of(arguments[0]), Map.of("flush.interval", "20ms"));
    server.awaitReady();
    DeploymentKillChild child = new DeploymentKillChild(server);
    int round = Integer.parseInt(arguments[1]);
    if (round == 0) {
      child.deploy(Map.of("datasources/events.datasource", SCHEMA + "n\"\n"));
    }
    child.report(round);
    for (int sender = 0; sender < SENDERS; sender++) {
      int number = round * 10 + sender;
      Thread _ = Threads.platform("sender-" + sender, () -> child.send(number));
    }
    child.say("deploys");
    child.deploy(child.next(round));
    child.say("deployed");
    new CountDownLatch(1).await();
  }

  /// What is live, with the events sorted in another way, which moves them to a new table, and a
  /// new view, which is filled.
  private Map<String, String> next(int round) {
    Map<String, String> files = new TreeMap<>();
    for (JsonNode file : json(server.get("/v1/project")).path("files")) {
      files.put(file.path("path").asString(""), file.path("content").asString(""));
    }
    String events = "datasources/events.datasource";
    String key = files.get(events).contains("\"n\"") ? "n, k" : "n";
    files.put(events, SCHEMA + key + "\"\n");
    files.put(
        "datasources/view" + round + ".datasource",
        "SCHEMA >\n    `k` UInt8,\n    `rows` UInt64\n\n"
            + "ENGINE SummingMergeTree\nENGINE_SORTING_KEY k\n");
    files.put(
        "pipes/fill" + round + ".pipe",
        "NODE n\nSQL >\n    SELECT k, count() AS rows FROM events GROUP BY k\n\n"
            + "TYPE MATERIALIZED\nDATASOURCE view"
            + round
            + "\n");
    return files;
  }

  private void deploy(Map<String, String> files) {
    HttpResponse<String> deployed = server.project("/v1/deploy", files);
    if (!json(deployed).path("result").asString("").equals("success")) {
      throw new IllegalStateException(deployed.body());
    }
  }

  /// One event after the other, for as long as the process lives.
  private void send(int sender) {
    for (int n = 0; n < RANGE; n++) {
      long number = (long) sender * RANGE + n;
      HttpResponse<String> answer =
          server.post("/v0/events?name=events", "{\"n\":" + number + ",\"k\":" + n % 3 + "}", FORM);
      if (answer.statusCode() != 202) {
        throw new IllegalStateException(answer.body());
      }
      say("acked " + sender + " " + n);
    }
  }

  private void report(int round) throws IOException {
    // Its own sender; with it, all that was accepted before is stored.
    long last = (round * 10L + 9) * RANGE;
    HttpResponse<String> flushed =
        server.post("/v0/events?name=events&wait=true", "{\"n\":" + last + ",\"k\":0}", FORM);
    if (flushed.statusCode() != 200) {
      throw new IllegalStateException(flushed.body());
    }
    say("acked " + (round * 10 + 9) + " 0");
    ask(
        "sender ",
        "SELECT intDiv(n, "
            + RANGE
            + ") AS sender, count(), max(n) % "
            + RANGE
            + ", uniqExact(n) FROM events GROUP BY sender ORDER BY sender");
    ask("all ", "SELECT count() FROM events");
    for (JsonNode source : json(server.get("/v0/datasources")).path("datasources")) {
      String name = source.path("name").asString("");
      if (name.startsWith("view")) {
        ask("view " + name + " ", "SELECT sum(rows) FROM " + name);
      }
    }
    JsonNode newest = json(server.get("/v1/deployments?history=true")).path("deployments").path(0);
    say(
        "deployment "
            + newest.path("id").asString("")
            + " "
            + (newest.path("live").booleanValue() ? "live" : newest.path("status").asString(""))
            + " "
            + newest.path("errors").path(0).path("error").asString(""));
    String left =
        "SELECT groupArray(name) FROM system.tables WHERE match(name, '^__(snapshot|forward)')"
            + " FORMAT TSVRaw";
    try (InputStream answer = server.server().read(left)) {
      say("left " + new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip());
    }
  }

  private void ask(String head, String sql) {
    HttpResponse<String> answer = server.post("/v0/sql", sql + " FORMAT TSV", "text/plain");
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
    answer.body().lines().forEach(line -> say(head + line.replace('\t', ' ')));
  }

  private synchronized void say(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
