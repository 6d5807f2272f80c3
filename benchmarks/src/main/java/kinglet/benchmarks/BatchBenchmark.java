// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// Ranking: the vectors of many entities in one call, against Redis with as many `HMGET` in one
/// pipeline.
final class BatchBenchmark {
  private static final long SEED = 6;
  private static final int FEATURES = 50;
  private static final int CONNECTIONS = 32;

  /// Vectors a second that are asked for while the latency is measured.
  private static final int VECTORS_PER_SECOND = 10_000;

  private static final int CHECKED = 100;

  private final Plan plan;
  private final ShopRun shop;
  private final Load load;

  private BatchBenchmark(Plan plan, ShopRun shop, Load load) {
    this.plan = plan;
    this.shop = shop;
    this.load = load;
  }

  static Page run(Home home, Plan plan) throws IOException {
    int entities = plan.quick() ? 1_000 : 1_000_000;
    try (Load load = Load.start();
        ShopRun shop = ShopRun.start(home, ShopView.of(FEATURES), entities)) {
      return new BatchBenchmark(plan, shop, load).measure();
    }
  }

  private Page measure() throws IOException {
    Page page = page();
    List<String> latency = new ArrayList<>();
    for (int entities : new int[] {100, 500}) {
      Random random = new Random(SEED);
      int calls = plan.quick() ? 10 : 100_000 / entities;
      int[] keys = Zipf.draw(shop.entities(), calls * entities, random);
      shop.check(IntStream.of(keys).distinct().limit(CHECKED).toArray());
      List<Contest.Contender> contenders = new ArrayList<>();
      contenders.add(contender("Kinglet", "http", shop.kinglet().port(), own(keys, entities)));
      Optional<RedisPeer> redis = shop.redis();
      if (redis.isPresent()) {
        contenders.add(contender("Redis", "resp", redis.get().port(), pipelines(keys, entities)));
      }
      int perSecond = VECTORS_PER_SECOND / entities;
      List<Contest.Outcome> outcomes =
          new Contest(load, plan, CONNECTIONS, slice(), perSecond).run(contenders);
      double[] own = vectors(outcomes.getFirst(), entities);
      Optional<double[]> other =
          Contest.find(outcomes, "Redis").map(outcome -> vectors(outcome, entities));
      page.row(
          entities,
          Figures.median(own),
          other.<Object>map(Figures::median).orElse("not installed"),
          other.map(vectors -> Figures.spread(own, vectors)).orElse("-"),
          "3");
      for (Contest.Outcome outcome : outcomes) {
        latency.add(
            outcome.latencies(
                entities + " | " + perSecond,
                outcome.name().equals("Kinglet") ? entities == 100 ? "3" : "10" : ""));
      }
    }
    page.line("")
        .line("Milliseconds for a call:")
        .line("")
        .header(
            "entities", "calls a second", "contender", "p50", "p99", "p99.9", "max", "goal, p99");
    latency.forEach(page::line);
    return page;
  }

  private Page page() {
    return new Page("batch: the vectors of many entities in one call", "./kinglet bench batch")
        .line(
            "`POST /v0/features/NAME` with 100 and with 500 keys, answered in JSON with 50 features of each:")
        .line(
            "10 aggregates over 5 exact windows, computed at the read. The view, its shoppers and their")
        .line(
            "events are those of `read`: a million shoppers, keys by Zipf 0.99. Redis holds the same vectors")
        .line(
            "as hashes, computed before, and gives them by as many `HMGET` in one pipeline. Values are")
        .line("compared, with libchdb's too, for " + CHECKED + " keys before.")
        .line("")
        .line(
            "The load is that of `read`: "
                + CONNECTIONS
                + " connections, each with its next call when the last is")
        .line("answered, then calls at fixed times. " + Contest.turns(plan, slice()))
        .line("")
        .header("entities", "Kinglet, vectors/s", "Redis, vectors/s", "Kinglet / Redis", "goal");
  }

  private Duration slice() {
    return plan.measure().dividedBy(2);
  }

  private static double[] vectors(Contest.Outcome outcome, int entities) {
    double[] calls = outcome.perSecond();
    for (int round = 0; round < calls.length; round++) {
      calls[round] *= entities;
    }
    return calls;
  }

  private Contest.Contender contender(
      String name, String protocol, int port, List<Requests.Request> requests) throws IOException {
    Path file = shop.directory().resolve("calls-" + name + requests.getFirst().bytes().remaining());
    new Requests(requests).write(file);
    return new Contest.Contender(name, new Load.Target(protocol, port, file), true);
  }

  private List<Requests.Request> own(int[] keys, int entities) {
    List<Requests.Request> requests = new ArrayList<>();
    for (int from = 0; from < keys.length; from += entities) {
      List<String> names =
          IntStream.range(from, from + entities).mapToObj(at -> ShopEvents.key(keys[at])).toList();
      requests.add(new Requests.Request(1, ByteBuffer.wrap(shop.request(names))));
    }
    return requests;
  }

  private List<Requests.Request> pipelines(int[] keys, int entities) {
    List<Requests.Request> requests = new ArrayList<>();
    for (int from = 0; from < keys.length; from += entities) {
      ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
      for (int at = from; at < from + entities; at++) {
        pipeline.writeBytes(RedisPeer.command(shop.hmget(ShopEvents.key(keys[at]))));
      }
      requests.add(new Requests.Request(entities, ByteBuffer.wrap(pipeline.toByteArray())));
    }
    return requests;
  }
}
