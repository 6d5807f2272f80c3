// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/// One connection that copies flights into PostgreSQL; owned by one thread.
final class CopyWriter implements FlightStore.Sender {
  private final Connection connection;
  private final CopyManager copies;

  CopyWriter(PostgresPeer peer) throws IOException {
    try {
      connection = peer.connect();
      copies = connection.unwrap(PGConnection.class).getCopyAPI();
    } catch (SQLException failed) {
      throw new IOException(failed);
    }
  }

  void empty() throws IOException {
    run(
        "DROP TABLE IF EXISTS flights; CREATE TABLE flights (departed_at timestamp, origin text, destination text,"
            + " delay_minutes smallint, distance_miles int)");
  }

  private void run(String sql) throws IOException {
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    } catch (SQLException failed) {
      throw new IOException(failed);
    }
  }

  /// Copies rows of comma-separated values in a transaction of their own.
  @Override
  public void send(byte[] rows) throws IOException {
    try {
      long unused =
          copies.copyIn("COPY flights FROM STDIN (FORMAT csv)", new ByteArrayInputStream(rows));
    } catch (SQLException failed) {
      throw new IOException(failed);
    }
  }

  long count() throws IOException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM flights")) {
      Answers.require(row.next(), "a count");
      return row.getLong(1);
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
