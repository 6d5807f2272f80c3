// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is served while events come in, over a kill and a restart, held against a replay of the
/// history: every value, bit by bit.
final class ConsistencyBenchmark {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final ShopView VIEW = ShopView.of(50);
  private static final Map<String, String> SETTINGS =
      Map.of("KINGLET_FEATURES_SERVING_LOG_SHARE", "1", "KINGLET_LOG_LEVEL", "warn");

  /// The first of them ends by a kill.
  private static final int LIVES = 3;

  private static final int KEYS_PER_READ = 500;
  private static final int EVENTS_PER_REQUEST = 200;
  private static final long REQUEST_NANOS = 50_000_000;
  private static final long MINUTE_MICROS = 60_000_000;

  /// Reads that wait to be written down; the server drops those beyond 20,000.
  private static final int WAITING_MAX = 15_000;

  private static final long POLL_NANOS = 5_000_000;
  private static final long SEED = 5;

  private final Home home;
  private final int entities;
  private final long values;
  private final Random seeds = new Random(SEED);
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong events = new AtomicLong();

  private ConsistencyBenchmark(Home home, Plan plan) {
    this.home = home;
    this.entities = plan.quick() ? 200 : 20_000;
    this.values = plan.values();
  }

  static Page run(Home home, Plan plan) throws IOException {
    return new ConsistencyBenchmark(home, plan).measure();
  }

  /// What came of a verification.
  private record Verified(JsonNode job, double seconds) {
    long count(String name) {
      return job.path(name).asLong(-1);
    }

    Object[] cells(String what, long events) {
      return new Object[] {
        what,
        "%,d".formatted(count("compared")),
        "%,d".formatted(count("reads")),
        "%,d".formatted(events),
        seconds,
        count("compared") / seconds,
        "%,d".formatted(count("different"))
      };
    }
  }

  private Page measure() throws IOException {
    Page page =
        new Page(
                "consistency: what was served, recomputed from history",
                "./kinglet bench consistency --values " + values)
            .line(
                VIEW.features()
                    + " features over exact windows of "
                    + entities
                    + " shoppers. While")
            .line(
                "one connection sends events, another reads keys in batches of "
                    + KEYS_PER_READ
                    + "; every read is written")
            .line(
                "down. Of the events some are late, by minutes or by days, some of the future, some requests")
            .line(
                "are sent twice, and amounts are any doubles, whose sums depend on their order. The server is")
            .line(
                "killed by SIGKILL in the middle, restarted once more, and then verifies what it served: a")
            .line(
                "replay of the history in ClickHouse through the same operators gives each value anew, and all")
            .line(
                "bits must be the same. The last row reads every key once more and does the same. The run")
            .line("fails if one value, or the status of one read, differs.")
            .line("");
    try (Directory directory = Directory.create("consistency")) {
      for (int life = 0; life < LIVES; life++) {
        try (ServerProgram server = ServerProgram.start(home, directory.path(), SETTINGS)) {
          server.awaitReady();
          String headers = server.headers();
          if (life == 0) {
            KingletPeer.deploy(server.port(), headers, VIEW.files());
          } else {
            reads.set(written(server, headers));
          }
          long began = System.nanoTime();
          long before = reads.get();
          load(server, headers, values / VIEW.features() * (life + 1) / LIVES, life == 0);
          say("%,d reads in %.0f s", reads.get() - before, seconds(began));
          if (life == LIVES - 1) {
            verify(server, headers, page);
          }
        }
      }
    }
    return page;
  }

  private static void say(String text, Object... arguments) {
    PrintStream progress = System.err;
    progress.println(String.format(Locale.ROOT, text, arguments));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static long written(ServerProgram server, String headers) throws IOException {
    String sql = "SELECT count() FROM kinglet.feature_reads FORMAT TSV";
    try (Connection connection = new Connection(server.port())) {
      String path = "/v0/sql?q=" + URLEncoder.encode(sql, StandardCharsets.UTF_8);
      return Long.parseLong(connection.get(path, headers).expect(200).text().strip());
    }
  }

  /// Writes and reads at the same time until so much was read; ends with a kill or with all reads
  /// written down.
  private void load(ServerProgram server, String headers, long wanted, boolean killed)
      throws IOException {
    AtomicBoolean ended = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Random writes = new Random(seeds.nextLong());
      Random keys = new Random(seeds.nextLong());
      Future<?> writer =
          threads.submit(() -> {
            write(server, headers, writes, ended);
            return true;
          });
      Future<?> reader =
          threads.submit(() -> {
            read(server, headers, keys, wanted);
            return true;
          });
      Object _ = reader.get();
      if (killed) {
        server.kill();
      }
      ended.set(true);
      Object _ = writer.get();
      if (!killed) {
        ServerProgram.awaitAnswer(() -> written(server, headers) == reads.get());
      }
    } catch (ExecutionException failed) {
      if (!killed || !(failed.getCause() instanceof IOException)) {
        throw new IOException(failed);
      }
      // The writer saw the kill.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    }
  }

  private void write(ServerProgram server, String headers, Random random, AtomicBoolean ended)
      throws IOException {
    try (Connection connection = new Connection(server.port())) {
      while (!ended.get()) {
        List<ShopEvent> batch = new ArrayList<>();
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        for (int row = 0; row < EVENTS_PER_REQUEST; row++) {
          batch.add(
              new ShopEvent(
                  ShopEvents.key(Math.min(random.nextInt(entities), random.nextInt(entities))),
                  now - late(random),
                  random.nextDouble() * 100,
                  random.nextDouble(),
                  random.nextInt(1, 10),
                  random.nextInt(2)));
        }
        byte[] lines = ShopEvent.lines(batch);
        for (int sent = random.nextInt(20) == 0 ? 0 : 1; sent < 2; sent++) {
          Connection.Answer _ =
              connection.post("/v0/events?name=shop_events", headers, lines).expect(202);
          events.addAndGet(EVENTS_PER_REQUEST);
        }
        LockSupport.parkNanos(REQUEST_NANOS);
      }
    }
  }

  /// Mostly not at all; by up to two minutes, by up to ten days, or less than nothing.
  private static long late(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> random.nextLong(2 * MINUTE_MICROS);
      case 1 -> random.nextLong(10 * 24 * 60 * MINUTE_MICROS);
      case 2 -> -random.nextLong(MINUTE_MICROS);
      default -> 0;
    };
  }

  private void read(ServerProgram server, String headers, Random random, long wanted)
      throws IOException {
    try (Connection connection = new Connection(server.port())) {
      while (reads.get() < wanted) {
        if (server.metric("kinglet_service_log_waiting") > WAITING_MAX - KEYS_PER_READ) {
          LockSupport.parkNanos(POLL_NANOS);
          continue;
        }
        List<String> keys = new ArrayList<>();
        for (int key = 0; key < KEYS_PER_READ; key++) {
          keys.add(ShopEvents.key(random.nextInt(entities)));
        }
        byte[] body = ShopRun.body(keys, "").getBytes(StandardCharsets.UTF_8);
        Connection.Answer _ =
            connection.post("/v0/features/" + VIEW.name(), headers, body).expect(200);
        reads.addAndGet(KEYS_PER_READ);
      }
    }
  }

  private void verify(ServerProgram server, String headers, Page page) throws IOException {
    page.header("compared", "values", "reads", "events", "seconds", "values/s", "different");
    Verified served = verified(server, headers, "");
    Answers.require(served.count("compared") >= values * 9 / 10, "compared " + served.job());
    page.row(served.cells("what was served", events.get()));
    page.row(verified(server, headers, "&all_keys=true").cells("every key now", events.get()));
  }

  private Verified verified(ServerProgram server, String headers, String more) throws IOException {
    long began = System.nanoTime();
    try (Connection connection = new Connection(server.port())) {
      byte[] form = ("service=" + VIEW.name() + more).getBytes(StandardCharsets.UTF_8);
      String type = "Content-Type: application/x-www-form-urlencoded\r\n";
      JsonNode made =
          JSON.readTree(
              connection.post("/v0/verifications", headers + type, form).expect(202).body());
      String path = "/v0/jobs/" + made.path("job_id").asString("");
      JsonNode job = made;
      while (!List.of("done", "error", "cancelled").contains(job.path("status").asString(""))) {
        LockSupport.parkNanos(POLL_NANOS);
        job = JSON.readTree(connection.get(path, headers).expect(200).body());
      }
      Verified verified = new Verified(job, seconds(began));
      say("%s", job);
      Answers.require(
          verified.count("different") == 0 && verified.count("different_statuses") == 0,
          "history gives: " + job);
      return verified;
    }
  }
}
