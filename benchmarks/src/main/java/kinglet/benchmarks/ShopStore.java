// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One connection to who takes the shop's events and says the features of a key; owned by one
/// thread.
sealed interface ShopStore extends AutoCloseable {
  /// Returns when the events are on disk.
  void insert(List<ShopEvent> events) throws IOException;

  /// The features of a key at a time.
  List<@Nullable String> read(String key, long micros) throws IOException;

  @Override
  void close() throws IOException;

  /// Makes connections to one contender.
  @FunctionalInterface
  interface Source {
    ShopStore open() throws IOException;
  }

  /// Kinglet over HTTP.
  record OfKinglet(KingletPeer peer, ShopView view, Connection connection) implements ShopStore {
    @Override
    public void insert(List<ShopEvent> events) throws IOException {
      String answer =
          connection
              .post("/v0/events?name=shop_events", peer.headers(), ShopEvent.lines(events))
              .expect(202)
              .text();
      Answers.require(answer.contains("\"successful_rows\":" + events.size()), answer);
    }

    @Override
    public List<@Nullable String> read(String key, long micros) throws IOException {
      String body =
          "{\"keys\":{\"user_id\":[\""
              + key
              + "\"]},\"as_of\":\""
              + Instant.EPOCH.plus(micros, ChronoUnit.MICROS)
              + "\"}";
      return Vectors.read(
              connection
                  .post(
                      "/v0/features/" + view.name(),
                      peer.headers(),
                      body.getBytes(StandardCharsets.UTF_8))
                  .expect(200)
                  .body())
          .of(0);
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  /// libchdb through the engine process's HTTP.
  record OfEngine(EnginePeer peer, ShopView view, Connection connection) implements ShopStore {
    private static final String INSERT =
        "/?query="
            + EnginePeer.encoded(
                "INSERT INTO shop_events SETTINGS date_time_input_format = 'best_effort'"
                    + " FORMAT JSONEachRow");

    @Override
    public void insert(List<ShopEvent> events) throws IOException {
      String answer =
          connection
              .post(INSERT, peer.headers("writer"), ShopEvent.lines(events))
              .expect(200)
              .text();
      Answers.require(answer.isEmpty(), answer);
    }

    @Override
    public List<@Nullable String> read(String key, long micros) throws IOException {
      byte[] sql = view.sql(key, micros).getBytes(StandardCharsets.UTF_8);
      return Vectors.row(connection.post("/", peer.headers("reader"), sql).expect(200).text());
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  /// PostgreSQL by JDBC, with prepared statements; a commit for each insert.
  record OfPostgres(
      java.sql.Connection connection, PreparedStatement insert, PreparedStatement read)
      implements ShopStore {
    static OfPostgres open(PostgresPeer peer, ShopView view) throws IOException {
      try {
        java.sql.Connection connection = peer.connect();
        connection.setAutoCommit(false);
        return new OfPostgres(
            connection,
            connection.prepareStatement("INSERT INTO shop_events VALUES (?, ?, ?, ?, ?, ?)"),
            connection.prepareStatement(view.postgresSql()));
      } catch (SQLException failed) {
        throw new IOException(failed);
      }
    }

    @Override
    public void insert(List<ShopEvent> events) throws IOException {
      try {
        for (ShopEvent event : events) {
          insert.setString(1, event.key());
          insert.setLong(2, event.micros());
          insert.setDouble(3, event.amount());
          insert.setDouble(4, event.discount());
          insert.setInt(5, event.quantity());
          insert.setInt(6, event.bought());
          insert.addBatch();
        }
        int[] counts = insert.executeBatch();
        connection.commit();
        Answers.require(counts.length == events.size(), "PostgreSQL took " + counts.length);
      } catch (SQLException failed) {
        throw new IOException(failed);
      }
    }

    @Override
    public List<@Nullable String> read(String key, long micros) throws IOException {
      try {
        read.setLong(1, micros);
        read.setString(2, key);
        List<@Nullable String> values = new ArrayList<>();
        try (ResultSet row = read.executeQuery()) {
          Answers.require(row.next(), "a row of " + key);
          for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            values.add(row.getString(column));
          }
        }
        connection.commit();
        return values;
      } catch (SQLException failed) {
        throw new IOException(failed);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        connection.close();
      } catch (SQLException failed) {
        throw new IOException(failed);
      }
    }
  }
}
