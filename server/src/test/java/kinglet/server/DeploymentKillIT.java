// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import kinglet.journal.CrashPoints;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the server while a deployment moves rows to a new table and fills a new view, and events
/// stream in, again and again on the same data. After each restart every acknowledged event is
/// there once, each view has counted each event once, and the deployment is live or says that it
/// was taken back.
final class DeploymentKillIT {
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final int LONGEST_MILLIS = 400;

  @TempDir Path directory;

  /// @param point at which the server halts; empty when it is killed from outside
  private record Round(String point, String left) {}

  private static final List<Round> ROUNDS =
      List.of(
          new Round("deployment.filled-1", "deleted"),
          new Round("deployment.held-for-the-switch", "deleted"),
          new Round("deployment.switched", "live"),
          new Round("", ""));

  @Test
  void everyEventIsThereOnce() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    Map<Integer, Integer> acknowledged = new TreeMap<>();
    for (int number = 0; number <= ROUNDS.size(); number++) {
      boolean last = number == ROUNDS.size();
      String point = last ? "" : ROUNDS.get(number).point();
      try (Server server = new Server(directory, number, point)) {
        String as = seed + ", round " + number + (number == 0 ? "" : " " + ROUNDS.get(number - 1));
        int views =
            server.check(as, acknowledged, number == 0 ? "live" : ROUNDS.get(number - 1).left());
        assertThat(views).as(as).isBetween(number < 3 ? 0 : 1, number);
        if (!last) {
          server.end(ROUNDS.get(number), random);
          server.collect(acknowledged);
        }
      }
    }
    assertThat(acknowledged.values().stream().mapToInt(n -> n + 1).sum()).isGreaterThan(50);
  }

  private static final class Server implements AutoCloseable {
    private final ConcurrentLinkedQueue<String> report = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private final ChildJvm child;

    Server(Path directory, int round, String point) throws Exception {
      CompletableFuture<Boolean> deploys = new CompletableFuture<>();
      child =
          ChildJvm.start(
              DeploymentKillChild.class,
              List.of(directory.toString(), Integer.toString(round)),
              point.isEmpty() ? Map.of() : Map.of("kinglet.crash.point", point),
              line -> {
                boolean _ = report.add(line);
                boolean _ = line.equals("deploys") && deploys.complete(true);
              },
              log::add);
      Object _ =
          CompletableFuture.anyOf(deploys, child.handle().onExit())
              .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(deploys).as("the server starts: %s %s", report, log).isDone();
    }

    void end(Round round, RandomGenerator random) throws Exception {
      if (!round.point().isEmpty()) {
        assertThat(child.awaitEnd(Duration.ofSeconds(30)))
            .as("%s: %s", round, log)
            .isEqualTo(CrashPoints.EXIT_STATUS);
        return;
      }
      try {
        ProcessHandle _ =
            child.handle().onExit().get(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        child.kill();
      }
      int _ = child.awaitEnd(Duration.ofSeconds(30));
    }

    /// The last event of each sender that was acknowledged.
    void collect(Map<Integer, Integer> acknowledged) {
      for (String line : report) {
        String[] words = line.split(" ");
        if (words[0].equals("acked")) {
          acknowledged.put(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        }
      }
    }

    /// Answers how many views there are.
    int check(String as, Map<Integer, Integer> acknowledged, String left) {
      long all = -1;
      Map<Integer, Integer> missing = new TreeMap<>(acknowledged);
      List<String> views = new ArrayList<>();
      for (String line : report) {
        String[] words = line.split(" ", 4);
        switch (words[0]) {
          case "sender" -> {
            long count = Long.parseLong(words[2]);
            String[] rest = words[3].split(" ");
            Integer last = missing.remove(Integer.parseInt(words[1]));
            // One more may have been on its way.
            long least = last == null ? 0 : last + 1;
            assertThat(count).as("%s: %s", as, line).isBetween(least, least + 1);
            assertThat(Long.parseLong(rest[0])).as("%s: %s", as, line).isEqualTo(count - 1);
            assertThat(Long.parseLong(rest[1])).as("%s: %s", as, line).isEqualTo(count);
          }
          case "all" -> all = Long.parseLong(words[1]);
          case "view" -> views.add(words[2]);
          case "deployment" -> {
            if (!left.isEmpty()) {
              assertThat(words[2]).as("%s: %s", as, line).isEqualTo(left);
            }
            if (!words[2].equals("live")) {
              assertThat(words[3]).as(as).contains("The server stopped before");
            }
          }
          case "left" -> assertThat(line).as(as).isEqualTo("left []");
          default -> {
            // What it does now.
          }
        }
      }
      assertThat(missing).as(as).isEmpty();
      String counted = Long.toString(all);
      assertThat(views).as("%s: %s", as, report).allMatch(counted::equals);
      return views.size();
    }

    @Override
    public void close() {
      child.close();
    }
  }
}
