// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/// Sends events to a data source. Safe from any thread.
public final class Events {
  private final Connection connection;
  private final String dataSource;

  Events(Connection connection, String dataSource) {
    this.connection = connection;
    this.dataSource = dataSource;
  }

  /// What became of the rows of a call.
  ///
  /// @param successful rows that were accepted: durable, and part of every later read of features
  /// @param quarantined rows that did not fit the schema, kept with the reason
  public record Outcome(long successful, long quarantined) {}

  /// Sends rows, each a map from columns to strings, numbers, booleans, `Instant`s, `LocalDate`s,
  /// `UUID`s, `null`, and lists and maps of those. Times are sent in UTC.
  ///
  /// @throws KingletException if they were not accepted; after one that is transient they may have
  ///   been
  public Outcome send(Iterable<? extends Map<String, ?>> rows) {
    return send(lines(rows), Map.of("name", List.of(dataSource)));
  }

  /// The same, answered when the rows are in their table, where SQL sees them.
  public Outcome sendAndWait(Iterable<? extends Map<String, ?>> rows) {
    return send(lines(rows), Map.of("name", List.of(dataSource), "wait", List.of("true")));
  }

  private static byte[] lines(Iterable<? extends Map<String, ?>> rows) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (Map<String, ?> row : rows) {
      lines.writeBytes(Json.write(row));
      lines.write('\n');
    }
    return lines.toByteArray();
  }

  private Outcome send(byte[] lines, Map<String, List<String>> parameters) {
    Row answer =
        new Row(
            KingletClient.object(
                connection.post("v0/events", parameters, lines, "application/x-ndjson")));
    return new Outcome(count(answer, "successful_rows"), count(answer, "quarantined_rows"));
  }

  private static long count(Row answer, String name) {
    if (answer.values().get(name) instanceof Long count) {
      return count;
    }
    throw KingletClient.strange("no '" + name + "'");
  }
}
