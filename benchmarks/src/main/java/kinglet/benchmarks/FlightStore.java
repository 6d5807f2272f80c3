// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Who takes flights.
sealed interface FlightStore {
  String name();

  FlightBodies.Format format();

  /// Forgets the rows of the last round.
  void empty() throws IOException;

  /// A connection, for one thread.
  Sender open() throws IOException;

  /// Returns when every row that was sent is where it belongs.
  ///
  /// @param bodies what it may still send, to know that all before has arrived
  /// @return how many rows that were
  long settle(FlightBodies bodies) throws IOException;

  /// Fails unless so many rows have arrived in this round.
  void check(long rows) throws IOException;

  /// One connection.
  interface Sender extends AutoCloseable {
    /// Returns when the rows are on disk.
    void send(byte[] body) throws IOException;

    @Override
    void close() throws IOException;
  }

  /// Kinglet by `POST /v0/events`, with a feature view. Belongs to one thread but for its senders.
  final class OfKinglet implements FlightStore {
    /// The places of `flights_7d` and `flights_ever` among the features of an airport.
    private static final int[] COUNTS = {15, 20};

    private final KingletPeer peer;
    private final FlightTables tables;
    private final Set<String> airports = new TreeSet<>();

    /// Rows so far: features keep what is deleted from the table between rounds.
    private long counted;

    OfKinglet(KingletPeer peer, FlightTables tables) {
      this.peer = peer;
      this.tables = tables;
    }

    @Override
    public String name() {
      return "Kinglet";
    }

    @Override
    public FlightBodies.Format format() {
      return FlightBodies.Format.JSON;
    }

    @Override
    public void empty() throws IOException {
      tables.empty(peer::admin);
    }

    @Override
    public Sender open() throws IOException {
      String headers = peer.headers();
      return new OfHttp(peer.port(), "/v0/events?name=flights", headers, 202);
    }

    @Override
    public long settle(FlightBodies bodies) throws IOException {
      // Flushes follow the journal's order: when this one is answered, all before it are stored.
      try (Sender sender =
          new OfHttp(peer.port(), "/v0/events?name=flights&wait=true", peer.headers(), 200)) {
        sender.send(bodies.next());
      }
      return bodies.rows();
    }

    @Override
    public void check(long rows) throws IOException {
      tables.expect(peer::admin, rows);
      counted += rows;
      peer.admin("SELECT DISTINCT origin FROM " + tables.flights()).lines().forEach(airports::add);
      String body =
          airports.stream()
              .collect(Collectors.joining("\",\"", "{\"keys\":{\"origin\":[\"", "\"]}}"));
      try (Connection connection = new Connection(peer.port())) {
        Vectors vectors =
            Vectors.read(
                connection
                    .post(
                        "/v0/features/airport",
                        peer.headers(),
                        body.getBytes(StandardCharsets.UTF_8))
                    .expect(200)
                    .body());
        for (int feature : COUNTS) {
          long sum = vectors.columns().get(feature).stream().mapToLong(Long::parseLong).sum();
          Answers.require(sum == counted, sum + " flights in features, not " + counted);
        }
      }
    }
  }

  /// libchdb through the engine process's HTTP, with the same tables and view as Kinglet.
  record OfEngine(EnginePeer peer, FlightTables tables) implements FlightStore {
    private static final String INSERT =
        "INSERT INTO %s (departed_at, origin, destination, delay_minutes, distance_miles)"
            + " SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow";

    @Override
    public String name() {
      return "libchdb";
    }

    @Override
    public FlightBodies.Format format() {
      return FlightBodies.Format.JSON;
    }

    @Override
    public void empty() throws IOException {
      tables.empty(peer::admin);
    }

    @Override
    public Sender open() throws IOException {
      String path = "/?query=" + EnginePeer.encoded(INSERT.formatted(tables.flights()));
      return new OfHttp(peer.port(), path, peer.headers("writer"), 200);
    }

    @Override
    public long settle(FlightBodies bodies) {
      return 0;
    }

    @Override
    public void check(long rows) throws IOException {
      tables.expect(peer::admin, rows);
    }
  }

  /// QuestDB by line protocol over HTTP into a table alone.
  record OfQuest(QuestPeer peer) implements FlightStore {
    @Override
    public String name() {
      return "QuestDB";
    }

    @Override
    public FlightBodies.Format format() {
      return FlightBodies.Format.LINE;
    }

    @Override
    public void empty() throws IOException {
      peer.execute("DROP TABLE IF EXISTS flights");
      peer.execute(
          "CREATE TABLE flights (departed_at TIMESTAMP, origin SYMBOL, destination SYMBOL,"
              + " delay_minutes SHORT, distance_miles INT)"
              + " TIMESTAMP(departed_at) PARTITION BY DAY WAL");
    }

    @Override
    public Sender open() throws IOException {
      return new OfHttp(peer.port(), "/write?precision=s", "", 204);
    }

    @Override
    public long settle(FlightBodies bodies) throws IOException {
      String unused = peer.value("SELECT wait_wal_table('flights')");
      return 0;
    }

    @Override
    public void check(long rows) throws IOException {
      String stored = peer.value("SELECT count() FROM flights");
      Answers.require(stored.equals(Long.toString(rows)), stored + " rows, not " + rows);
    }
  }

  /// PostgreSQL by `COPY` into a table alone, a transaction for each request.
  record OfPostgres(PostgresPeer peer) implements FlightStore {
    @Override
    public String name() {
      return "PostgreSQL";
    }

    @Override
    public FlightBodies.Format format() {
      return FlightBodies.Format.CSV;
    }

    @Override
    public void empty() throws IOException {
      try (CopyWriter writer = new CopyWriter(peer)) {
        writer.empty();
      }
    }

    @Override
    public Sender open() throws IOException {
      return new CopyWriter(peer);
    }

    @Override
    public long settle(FlightBodies bodies) {
      return 0;
    }

    @Override
    public void check(long rows) throws IOException {
      try (CopyWriter writer = new CopyWriter(peer)) {
        long stored = writer.count();
        Answers.require(stored == rows, stored + " rows, not " + rows);
      }
    }
  }

  /// Sends bodies to one address.
  final class OfHttp implements Sender {
    private final Connection connection;
    private final String path;
    private final String headers;
    private final int success;

    OfHttp(int port, String path, String headers, int success) throws IOException {
      this.connection = new Connection(port);
      this.path = path;
      this.headers = headers;
      this.success = success;
    }

    @Override
    public void send(byte[] body) throws IOException {
      Connection.Answer unused = connection.post(path, headers, body).expect(success);
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }
}
