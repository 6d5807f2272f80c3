// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// One feature vector over HTTP: windowed features of one entity, computed at the read, against
/// Redis with the vector computed before, nginx with constant bytes, and libchdb with SQL by key.
final class ReadBenchmark {
  private static final long SEED = 5;
  private static final int CONNECTIONS = 32;
  private static final int PER_SECOND = 5_000;
  private static final int CHECKED = 100;

  private final Plan plan;
  private final ShopRun shop;
  private final Load load;

  private ReadBenchmark(Plan plan, ShopRun shop, Load load) {
    this.plan = plan;
    this.shop = shop;
    this.load = load;
  }

  static Page run(Home home, Plan plan) throws IOException {
    List<String> throughput = new ArrayList<>();
    List<String> latency = new ArrayList<>();
    try (Load load = Load.start()) {
      for (int features : plan.quick() ? new int[] {50} : new int[] {10, 50, 250}) {
        // 250 fields are no compact hash in Redis: a million of them don't fit this machine.
        int entities = plan.quick() ? 1_000 : features == 250 ? 50_000 : 1_000_000;
        try (ShopRun shop = ShopRun.start(home, ShopView.of(features), entities)) {
          new ReadBenchmark(plan, shop, load).measure(throughput, latency);
        }
      }
    }
    Page page = page(plan);
    page.header(
        "features",
        "Kinglet, reads/s",
        "Redis HMGET",
        "Redis HGETALL",
        "nginx",
        "libchdb",
        "Kinglet / Redis, the faster",
        "Kinglet / nginx",
        "Kinglet / libchdb");
    throughput.forEach(page::line);
    page.line("")
        .line("Milliseconds at " + PER_SECOND + " reads a second:")
        .line("")
        .header("features", "contender", "p50", "p99", "p99.9", "max", "goal, p99");
    latency.forEach(page::line);
    return page;
  }

  private static Page page(Plan plan) {
    return new Page("read: one feature vector over HTTP", "./kinglet bench read")
        .line(
            "`POST /v0/features/NAME` with one key, answered in JSON: 10, 50 and 250 features, 5 to 25")
        .line(
            "aggregates over 2 to 10 exact windows, which age with each read. Each of 1,000,000 shoppers")
        .line(
            "(50,000 for 250 features) has an event of the last day, and two times as many more are drawn")
        .line(
            "by Zipf 0.99, as are the keys that are read. Redis holds the same vectors as hashes, computed")
        .line(
            "before, and gives them by `HMGET` of all fields and by `HGETALL`; nginx answers constant bytes")
        .line(
            "of a vector's length to the same requests; libchdb computes the features of a key by SQL over")
        .line(
            "the rows, sorted by key, through the engine process's HTTP. Values of Kinglet, Redis and")
        .line("libchdb are compared for " + CHECKED + " keys before.")
        .line("")
        .line(
            "One process makes the load for all: a thread that listens to "
                + CONNECTIONS
                + " connections and sends")
        .line(
            "requests made before; another one sends at fixed times for the latency, which counts from the")
        .line(
            "time a request was due. Server, peers and load share the cores; nothing is durable here.")
        .line(Contest.turns(plan, slice(plan)))
        .line("Goals: at least Redis and 0.8 x nginx; 100 x libchdb.")
        .line("");
  }

  private static Duration slice(Plan plan) {
    return plan.measure().dividedBy(5);
  }

  private void measure(List<String> throughput, List<String> latency) throws IOException {
    List<Contest.Contender> contenders = new ArrayList<>();
    int features = shop.view().features();
    Random random = new Random(SEED);
    int[] keys = Zipf.draw(shop.entities(), plan.quick() ? 1_000 : 50_000, random);
    contenders.add(contender("Kinglet", "http", shop.kinglet().port(), vectors(keys), true));
    shop.check(IntStream.of(keys).distinct().limit(CHECKED).toArray());
    try (Directory directory = Directory.create("nginx")) {
      Optional<NginxPeer> nginx = NginxPeer.start(directory.path(), shop.typicalAnswer(keys));
      Optional<RedisPeer> redis = shop.redis();
      if (redis.isPresent()) {
        contenders.add(contender("Redis HMGET", "resp", redis.get().port(), hmget(keys), true));
        contenders.add(contender("Redis HGETALL", "resp", redis.get().port(), hgetall(keys), true));
      }
      if (nginx.isPresent()) {
        contenders.add(contender("nginx", "http", nginx.get().port(), vectors(keys), true));
      }
      contenders.add(contender("libchdb", "http", shop.engine().port(), sql(keys), false));
      List<Contest.Outcome> outcomes =
          new Contest(load, plan, CONNECTIONS, slice(plan), PER_SECOND).run(contenders);
      throughput.add(row(features, outcomes));
      outcomes.stream()
          .filter(outcome -> !outcome.open().isEmpty())
          .forEach(outcome -> latency.add(outcome.latencies(features, goal(features, outcome))));
      nginx.ifPresent(NginxPeer::close);
    }
  }

  private Contest.Contender contender(
      String name, String protocol, int port, List<byte[]> requests, boolean timed)
      throws IOException {
    Path file = shop.directory().resolve("requests-" + name.replace(' ', '-'));
    Requests.ofOneAnswer(requests).write(file);
    return new Contest.Contender(name, new Load.Target(protocol, port, file), timed);
  }

  private List<byte[]> vectors(int[] keys) {
    List<byte[]> requests = new ArrayList<>();
    for (int key : keys) {
      requests.add(shop.request(List.of(ShopEvents.key(key))));
    }
    return requests;
  }

  private List<byte[]> hmget(int[] keys) {
    List<byte[]> requests = new ArrayList<>();
    for (int key : keys) {
      requests.add(RedisPeer.command(shop.hmget(ShopEvents.key(key))));
    }
    return requests;
  }

  private static List<byte[]> hgetall(int[] keys) {
    List<byte[]> requests = new ArrayList<>();
    for (int key : keys) {
      requests.add(RedisPeer.command(List.of("HGETALL", ShopEvents.key(key))));
    }
    return requests;
  }

  private List<byte[]> sql(int[] keys) {
    List<byte[]> requests = new ArrayList<>();
    for (int at = 0; at < Math.min(1_000, keys.length); at++) {
      byte[] sql =
          shop.view()
              .sql(ShopEvents.key(keys[at]), shop.asOfMicros())
              .getBytes(StandardCharsets.UTF_8);
      requests.add(ShopRun.post("/", shop.engine().headers("reader"), sql));
    }
    return requests;
  }

  /// Contenders come in their order, Kinglet first.
  private static String row(int features, List<Contest.Outcome> outcomes) {
    double[] own = outcomes.getFirst().perSecond();
    Optional<Contest.Outcome> redis =
        outcomes.stream()
            .filter(outcome -> outcome.name().startsWith("Redis"))
            .max(Comparator.comparingDouble(outcome -> Figures.median(outcome.perSecond())));
    Optional<Contest.Outcome> nginx = Contest.find(outcomes, "nginx");
    Optional<Contest.Outcome> engine = Contest.find(outcomes, "libchdb");
    return Page.cells(
        features,
        Figures.median(own),
        median(Contest.find(outcomes, "Redis HMGET")),
        median(Contest.find(outcomes, "Redis HGETALL")),
        median(nginx),
        median(engine),
        ratio(own, redis),
        ratio(own, nginx),
        ratio(own, engine));
  }

  private static Object median(Optional<Contest.Outcome> outcome) {
    return outcome
        .<Object>map(measured -> Figures.median(measured.perSecond()))
        .orElse("not installed");
  }

  private static String ratio(double[] own, Optional<Contest.Outcome> outcome) {
    return outcome.map(measured -> Figures.spread(own, measured.perSecond())).orElse("-");
  }

  private static String goal(int features, Contest.Outcome outcome) {
    return outcome.name().equals("Kinglet") ? features == 250 ? "0.5" : "0.3" : "";
  }
}
