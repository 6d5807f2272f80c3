// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Reads under durable writes: 30 windowed features, against Redis with a sorted set for each
/// shopper and a script that computes them, and PostgreSQL with tiles that every event changes.
final class MixedBenchmark {
  private static final int FEATURES = 30;
  private static final int CONNECTIONS = 32;
  private static final int WRITERS = 8;
  private static final int READS_PER_SECOND = 10_000;
  private static final int EVENTS_PER_SECOND = 5_000;
  private static final int EVENTS_PER_REQUEST = 10;
  private static final int CHECKED = 100;
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final long SEED = 8;

  private final Plan plan;
  private final ShopView view = ShopView.of(FEATURES);
  private final Random random = new Random(SEED);
  private final int entities;
  private final Directory files;
  private final Load readers;
  private final Load writers;

  private MixedBenchmark(Plan plan, Directory files, Load readers, Load writers) {
    this.plan = plan;
    this.entities = plan.quick() ? 100 : 100_000;
    this.files = files;
    this.readers = readers;
    this.writers = writers;
  }

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    try (Directory files = Directory.create("files");
        Load readers = Load.start();
        Load writers = Load.start()) {
      return new MixedBenchmark(plan, files, readers, writers).start();
    }
  }

  /// Who is read and written.
  private interface Contender {
    String name();

    String protocol();

    int port();

    byte[] read(String key);

    Requests.Request write(List<ShopEvent> events);
  }

  private record Own(KingletPeer peer, ShopView view) implements Contender {
    @Override
    public String name() {
      return "Kinglet";
    }

    @Override
    public String protocol() {
      return "http";
    }

    @Override
    public int port() {
      return peer.port();
    }

    @Override
    public byte[] read(String key) {
      return ShopRun.request(peer, view, List.of(key));
    }

    @Override
    public Requests.Request write(List<ShopEvent> events) {
      return new Requests.Request(
          1,
          ByteBuffer.wrap(
              ShopRun.post(
                  "/v0/events?name=shop_events", peer.headers(), ShopEvent.lines(events))));
    }
  }

  private record Sets(RedisPeer peer, String script) implements Contender {
    @Override
    public String name() {
      return "Redis";
    }

    @Override
    public String protocol() {
      return "resp";
    }

    @Override
    public int port() {
      return peer.port();
    }

    @Override
    public byte[] read(String key) {
      return RedisPeer.command(List.of("EVALSHA", script, "1", key));
    }

    @Override
    public Requests.Request write(List<ShopEvent> events) {
      ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
      events.forEach(event -> pipeline.writeBytes(RedisPeer.command(add(event))));
      return new Requests.Request(events.size(), ByteBuffer.wrap(pipeline.toByteArray()));
    }

    static List<String> add(ShopEvent event) {
      String micros = Long.toString(event.micros());
      return List.of(
          "ZADD",
          event.key(),
          micros,
          micros
              + ":"
              + event.amount()
              + ":"
              + event.discount()
              + ":"
              + event.quantity()
              + ":"
              + event.bought());
    }
  }

  private record Tiles(PostgresPeer peer, ShopTiles tiles) implements Contender {
    @Override
    public String name() {
      return "PostgreSQL";
    }

    @Override
    public String protocol() {
      return "postgres";
    }

    @Override
    public int port() {
      return peer.port();
    }

    @Override
    public byte[] read(String key) {
      return PostgresPeer.query(
          ShopTiles.read(key, "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));
    }

    @Override
    public Requests.Request write(List<ShopEvent> events) {
      return new Requests.Request(1, ByteBuffer.wrap(PostgresPeer.query(tiles.add(events))));
    }
  }

  private Page start() throws IOException, InterruptedException {
    Path data = Files.createDirectory(files.path().resolve("kinglet"));
    Path sets = Files.createDirectory(files.path().resolve("redis"));
    ShopTiles tiles = new ShopTiles(view);
    try (Directory databases = Directory.create("postgres");
        KingletPeer kinglet = KingletPeer.start(data, view.files())) {
      Optional<RedisPeer> redis = RedisPeer.start(sets, true);
      Optional<PostgresPeer> postgres = PostgresPeer.start(databases.path());
      try {
        List<List<ShopEvent>> past = past();
        fill(kinglet, past);
        List<Contender> contenders = new ArrayList<>(List.of(new Own(kinglet, view)));
        if (redis.isPresent()) {
          fill(redis.get(), past);
          String script =
              String.valueOf(redis.get().call("SCRIPT", "LOAD", view.script()).getFirst());
          check(kinglet, redis.get(), script);
          contenders.add(new Sets(redis.get(), script));
        }
        if (postgres.isPresent()) {
          check(kinglet, postgres.get(), tiles, past);
          contenders.add(new Tiles(postgres.get(), tiles));
        }
        Path constant = Files.createDirectory(files.path().resolve("nginx"));
        try (NginxPeer nginx = NginxPeer.start(constant, answer(kinglet)).orElse(null)) {
          return measure(contenders, nginx);
        }
      } finally {
        postgres.ifPresent(PostgresPeer::close);
        if (redis.isPresent()) {
          redis.get().close();
        }
      }
    }
  }

  /// What a read of the first shopper is answered.
  private String answer(KingletPeer kinglet) throws IOException {
    byte[] body = ShopRun.body(List.of(ShopEvents.key(0)), "").getBytes(StandardCharsets.UTF_8);
    try (Connection connection = new Connection(kinglet.port())) {
      return connection
          .post("/v0/features/" + view.name(), kinglet.headers(), body)
          .expect(200)
          .text();
    }
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /// Three events of a shopper in the last day, by Zipf's law, at even microseconds.
  private List<List<ShopEvent>> past() {
    int count = 3 * entities;
    int[] drawn = Zipf.draw(entities, count, random);
    long end = nowMicros();
    int part = Math.min(count, 10_000);
    List<List<ShopEvent>> parts = new ArrayList<>();
    for (int from = 0; from + part <= count; from += part) {
      List<ShopEvent> events = new ArrayList<>();
      for (int at = from; at < from + part; at++) {
        long micros = end - (long) ((1 - (at + 1.0) / count) * 86_000_000_000L);
        events.add(ShopEvent.draw(ShopEvents.key(drawn[at]), micros & ~1L, random));
      }
      parts.add(events);
    }
    return parts;
  }

  private static void fill(KingletPeer kinglet, List<List<ShopEvent>> past) throws IOException {
    try (Connection connection = new Connection(kinglet.port())) {
      for (List<ShopEvent> events : past) {
        Connection.Answer unused =
            connection
                .post("/v0/events?name=shop_events", kinglet.headers(), ShopEvent.lines(events))
                .expect(202);
      }
    }
  }

  private static void fill(RedisPeer redis, List<List<ShopEvent>> past) throws IOException {
    for (List<ShopEvent> events : past) {
      for (ShopEvent event : events) {
        redis.send(Sets.add(event));
      }
      for (int answers = 0; answers < events.size(); answers++) {
        List<@Nullable String> read = redis.read();
      }
    }
  }

  /// Fills PostgreSQL and compares features at a time at which its tiles are as exact.
  private void check(
      KingletPeer kinglet, PostgresPeer postgres, ShopTiles tiles, List<List<ShopEvent>> past)
      throws IOException {
    long whole = tiles.wholeMicros(nowMicros());
    try (java.sql.Connection connection = postgres.connect();
        Statement statement = connection.createStatement();
        ShopStore own = new ShopStore.OfKinglet(kinglet, view, new Connection(kinglet.port()))) {
      for (String sql : tiles.definitions()) {
        boolean unused = statement.execute(sql);
      }
      for (List<ShopEvent> events : past) {
        boolean unused = statement.execute(tiles.add(events));
      }
      boolean unused = statement.execute("VACUUM ANALYZE shop_tiles");
      for (int entity = 0; entity < CHECKED; entity++) {
        String key = ShopEvents.key(entity);
        try (ResultSet row = statement.executeQuery(ShopTiles.read(key, Long.toString(whole)))) {
          Answers.require(row.next(), "a row of " + key);
          List<@Nullable String> other = new ArrayList<>();
          for (int feature = 1; feature <= FEATURES; feature++) {
            other.add(row.getString(feature));
          }
          Vectors.requireSame(own.read(key, whole), other, "features of " + key);
        }
      }
    } catch (SQLException failed) {
      throw new IOException(failed);
    }
  }

  private void check(KingletPeer kinglet, RedisPeer redis, String script) throws IOException {
    long now = nowMicros();
    try (ShopStore own = new ShopStore.OfKinglet(kinglet, view, new Connection(kinglet.port()))) {
      for (int entity = 0; entity < CHECKED; entity++) {
        String key = ShopEvents.key(entity);
        List<@Nullable String> other = new ArrayList<>();
        for (String value : redis.call("EVALSHA", script, "1", key, Long.toString(now))) {
          other.add(value == null || value.isEmpty() ? null : value);
        }
        Vectors.requireSame(own.read(key, now), other, "features of " + key);
      }
    }
  }

  /// What one contender did in all rounds.
  private static final class Measured {
    private final Histogram reads = new Histogram(HIGHEST_NANOS, 3);
    private final Histogram writes = new Histogram(HIGHEST_NANOS, 3);
    private final List<Double> readsPerSecond = new ArrayList<>();
    private final List<Double> eventsPerSecond = new ArrayList<>();

    void read(Load.Result result) {
      reads.add(result.latencyNanos());
      readsPerSecond.add(result.perSecond());
    }

    Object[] readsAlone(String name) {
      return new Object[] {
        name,
        median(readsPerSecond),
        "",
        reads.getValueAtPercentile(50) / 1e6,
        reads.getValueAtPercentile(99) / 1e6,
        reads.getValueAtPercentile(99.9) / 1e6,
        "",
        "",
        ""
      };
    }

    double median(List<Double> figures) {
      return Figures.median(figures.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  /// @param nginx answers the same reads with constant bytes, where it is installed
  private Page measure(List<Contender> contenders, @Nullable NginxPeer nginx)
      throws IOException, InterruptedException {
    Contender own = contenders.getFirst();
    PrintStream progress = System.err;
    List<Measured> figures = contenders.stream().map(_ -> new Measured()).toList();
    Measured alone = new Measured();
    Measured constant = new Measured();
    for (int at = 0; at < contenders.size(); at++) {
      load(contenders.get(at), plan.measure().multipliedBy(at == 0 ? 5 : 2), new Measured());
    }
    for (int round = 0; round < plan.rounds(); round++) {
      alone.read(read(own, own.port(), plan.measure()));
      if (nginx != null) {
        constant.read(read(own, nginx.port(), plan.measure()));
      }
      for (int at = 0; at < contenders.size(); at++) {
        Measured measured = figures.get(at);
        load(contenders.get(at), plan.measure(), measured);
        progress.printf(
            Locale.ROOT,
            "%s: %,.0f reads/s, %,.0f events/s%n",
            contenders.get(at).name(),
            measured.readsPerSecond.getLast(),
            measured.eventsPerSecond.getLast());
      }
    }
    Page page = page(contenders);
    for (int at = 0; at < contenders.size(); at++) {
      Measured measured = figures.get(at);
      page.row(
          contenders.get(at).name(),
          measured.median(measured.readsPerSecond),
          measured.median(measured.eventsPerSecond),
          measured.reads.getValueAtPercentile(50) / 1e6,
          measured.reads.getValueAtPercentile(99) / 1e6,
          measured.reads.getValueAtPercentile(99.9) / 1e6,
          measured.writes.getValueAtPercentile(50) / 1e6,
          measured.writes.getValueAtPercentile(99) / 1e6,
          at == 0 ? "1" : "");
    }
    page.row(alone.readsAlone(own.name() + ", reads alone"));
    if (nginx != null) {
      page.row(constant.readsAlone("nginx, constant bytes, reads alone"));
    }
    return page;
  }

  private void load(Contender contender, Duration duration, Measured to)
      throws IOException, InterruptedException {
    Path writes = Files.createTempFile(files.path(), "writes", "");
    new Requests(writes(contender, duration)).write(writes);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<Load.Result> written =
          threads.submit(() ->
              writers.open(
                  new Load.Target(contender.protocol(), contender.port(), writes),
                  WRITERS,
                  EVENTS_PER_SECOND / EVENTS_PER_REQUEST,
                  duration));
      to.read(read(contender, contender.port(), duration));
      to.writes.add(written.get().latencyNanos());
      to.eventsPerSecond.add(written.get().perSecond() * EVENTS_PER_REQUEST);
    } catch (ExecutionException failed) {
      throw new IOException(failed);
    }
  }

  /// Sends a contender's reads to a port.
  private Load.Result read(Contender contender, int port, Duration duration) throws IOException {
    Path reads = files.path().resolve("reads-" + contender.name());
    if (Files.notExists(reads)) {
      List<byte[]> requests = new ArrayList<>();
      for (int key : Zipf.draw(entities, 20_000, random)) {
        requests.add(contender.read(ShopEvents.key(key)));
      }
      Requests.ofOneAnswer(requests).write(reads);
    }
    return readers.open(
        new Load.Target(contender.protocol(), port, reads),
        CONNECTIONS,
        READS_PER_SECOND,
        duration);
  }

  /// Events that happen while they are sent.
  private List<Requests.Request> writes(Contender contender, Duration duration) {
    long now = nowMicros();
    long gap = 1_000_000L * EVENTS_PER_REQUEST / EVENTS_PER_SECOND;
    int count = (int) (duration.toMillis() * 1_000 / gap) + 1;
    int[] drawn = Zipf.draw(entities, count * EVENTS_PER_REQUEST, random);
    List<Requests.Request> requests = new ArrayList<>();
    for (int request = 0; request < count; request++) {
      List<ShopEvent> events = new ArrayList<>();
      for (int at = 0; at < EVENTS_PER_REQUEST; at++) {
        String key = ShopEvents.key(drawn[request * EVENTS_PER_REQUEST + at]);
        events.add(ShopEvent.draw(key, now + request * gap + at, random));
      }
      requests.add(contender.write(events));
    }
    return requests;
  }

  private Page page(List<Contender> contenders) {
    Page page =
        new Page("mixed: reads under durable writes", "./kinglet bench mixed")
            .line(
                "10,000 reads a second of one vector of "
                    + FEATURES
                    + " features, 10 aggregates over exact windows of 1, 6")
            .line(
                "and 24 hours, while 5,000 events a second come in, ten in a request, each on disk when it is")
            .line(
                "answered: Kinglet by `POST /v0/features/NAME` and `POST /v0/events`; Redis with a sorted set of")
            .line(
                "events for each shopper, `ZADD` in pipelines under `appendfsync always`, read by a Lua script that")
            .line(
                "computes the features of the set's last day; PostgreSQL by upserts into 60 tiles of each window, which are")
            .line(
                "all a function reads, so that its windows are exact to a sixtieth, `synchronous_commit = on`. "
                    + String.format(Locale.ROOT, "%,d", entities)
                    + " shoppers with three times as many events of")
            .line(
                "a day before; reads and events by Zipf 0.99, so that the first shopper has each twelfth event. All")
            .line(
                "have the same events before, and the features of "
                    + CHECKED
                    + " shoppers are compared.")
            .line("")
            .line(
                "Requests are sent at fixed times over "
                    + CONNECTIONS
                    + " and "
                    + WRITERS
                    + " connections; a latency counts from when it was")
            .line(
                "due. Who cannot keep up is asked less, as the columns of rates say, and what it was not asked is in")
            .line(
                "no latency. Contenders take turns, "
                    + plan.rounds()
                    + " rounds of "
                    + plan.measure().toMillis() / 1e3
                    + " s after warming up, "
                    + plan.measure().multipliedBy(5).toMillis() / 1e3
                    + " s for Kinglet")
            .line(
                "and "
                    + plan.measure().multipliedBy(2).toMillis() / 1e3
                    + " s for the others; milliseconds of all rounds together.");
    if (contenders.stream().noneMatch(Sets.class::isInstance)) {
      page.line("").line(RedisPeer.INSTALL + ".");
    }
    if (contenders.stream().noneMatch(Tiles.class::isInstance)) {
      page.line("").line(PostgresPeer.INSTALL + ".");
    }
    page.line("")
        .line("nginx answers the same reads, to measure what load, system calls and machine cost.");
    return page.line("")
        .header(
            "contender",
            "reads/s",
            "events/s",
            "read p50",
            "p99",
            "p99.9",
            "write p50",
            "p99",
            "goal, read p99");
  }
}
