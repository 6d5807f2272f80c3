// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.proof.StoredCase.Rows;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// Features as ClickHouse computes them of stored rows: for each read all rows of its key that it
/// may see, aggregated where the window's condition holds.
final class ClickHouseModel {
  private final Case made;
  private final StoredCase stored;

  private ClickHouseModel(Case made, StoredCase stored) {
    this.made = made;
    this.stored = stored;
  }

  /// What it computed.
  ///
  /// @param columns the columns it has, by their places in the case
  /// @param rows for each read that sees an event, counted from 1, the newest event time and the
  ///   values of those columns; for 0 the values of no events
  record Outcome(List<Integer> columns, Rows rows) {
    List<DataType> types() {
      return rows.types().subList(1, rows.types().size());
    }

    /// The newest event time that a read sees.
    @Nullable Long newest(int read) {
      List<@Nullable Object> row = rows.values().get(read + 1L);
      return row == null ? null : (Long) row.getFirst();
    }

    List<@Nullable Object> empty() {
      return valuesOf(0);
    }

    List<@Nullable Object> values(int read) {
      return rows.values().containsKey(read + 1L) ? valuesOf(read + 1L) : empty();
    }

    private List<@Nullable Object> valuesOf(long number) {
      List<@Nullable Object> row = rows.values().get(number);
      if (row == null) {
        throw new IllegalStateException("ClickHouse did not say what no events give");
      }
      return row.subList(1, row.size());
    }
  }

  static Outcome outcome(Case made, StoredCase stored) {
    ClickHouseModel model = new ClickHouseModel(made, stored);
    List<Integer> columns =
        IntStream.range(0, made.columns())
            .boxed()
            .filter(i -> model.column(i).isPresent())
            .toList();
    return new Outcome(columns, stored.query(model.sql(columns)));
  }

  private Optional<String> column(int column) {
    return made.isLookup()
        ? Optional.of("groupArray(tuple(" + made.lookups().get(column).sql() + "))[-1].1")
        : made.features().get(column).oracleSql(made.frames()::get);
  }

  /// The rows that each read may see, in the order of events.
  private String visible(String from) {
    String sameKey =
        made.entity().stream()
            .map(field -> field.name() + " = __" + field.name())
            .collect(Collectors.joining(" AND "));
    return "SELECT *, count() OVER (PARTITION BY __r ORDER BY __m, __q"
        + " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS __n FROM ("
        + "SELECT * FROM "
        + from
        + " AS e INNER JOIN "
        + stored.reads()
        + " AS r ON "
        + sameKey
        + " WHERE __q <= __s AND __s < __lost AND __m <= __t"
        + made.where().map(holds -> " AND (" + holds.sql() + ")").orElse("")
        + ")";
  }

  private String sql(List<Integer> columns) {
    String values =
        columns.stream()
            .map(i -> ", " + column(i).orElseThrow() + " AS c" + i)
            .collect(Collectors.joining());
    String names = columns.stream().map(i -> ", c" + i).collect(Collectors.joining());
    String newest = "toInt64(ifNull(max(__m), 0)) AS __newest";
    return "SELECT __row, __newest"
        + names
        + " FROM (SELECT toUInt64(__r + 1) AS __row, "
        + newest
        + values
        + " FROM ("
        + visible(stored.events())
        + ") WHERE __n > 0 GROUP BY __r UNION ALL SELECT toUInt64(0) AS __row, "
        + newest
        + values
        + " FROM ("
        + visible("(SELECT * FROM " + stored.events() + " WHERE 0)")
        + "))";
  }
}
