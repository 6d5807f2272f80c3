// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kinglet.proof.StoredCase.Rows;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// Features as ClickHouse's own windows give them: `OVER` ranges of whole numbers over the stored
/// rows and the reads, which are rows that no function counts.
///
/// A frame sees every row that is stored: only reads that do as well are held against it, and only
/// windows that a frame says. Those of rows and of tiles it does not, and those for whose length
/// ClickHouse has no number.
///
/// **Order.** ClickHouse says nothing about rows at the same place, but features are in the order
/// of time and sequence number: each microsecond has as many places as any has events of a key, and
/// a last one for reads.
final class WindowModel {
  /// ClickHouse computes a frame with a start anew in each row: that is quick for few alone.
  private static final long WORK_MAX = 250_000;

  private final Case made;
  private final StoredCase stored;
  private final long places;

  private WindowModel(Case made, StoredCase stored) {
    this.made = made;
    this.stored = stored;
    this.places =
        1
            + made.events().stream()
                .collect(
                    Collectors.groupingBy(
                        event -> List.<Long>of((long) event.key(), event.micros()),
                        Collectors.counting()))
                .values()
                .stream()
                .max(Comparator.naturalOrder())
                .orElse(0L);
  }

  /// What it computed.
  ///
  /// @param columns the columns it has, by their places in the case
  /// @param rows their values for the reads it has
  record Outcome(List<Integer> columns, Rows rows) {
    Optional<List<@Nullable Object>> values(int read) {
      return Optional.ofNullable(rows.values().get((long) read));
    }
  }

  /// Nothing where no frame says it, or it takes too long.
  static Optional<Outcome> outcome(Case made, StoredCase stored) {
    if (work(made) > WORK_MAX) {
      return Optional.empty();
    }
    WindowModel model = new WindowModel(made, stored);
    List<Integer> columns =
        IntStream.range(0, made.features().size())
            .boxed()
            .filter(i -> model.column(i).isPresent())
            .toList();
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(new Outcome(columns, stored.query(model.sql(columns))));
  }

  /// How many rows the frames of all rows have at most.
  private static long work(Case made) {
    return made.events().stream()
        .collect(Collectors.groupingBy(Event::key, Collectors.counting()))
        .values()
        .stream()
        .mapToLong(count -> count * count)
        .sum();
  }

  private Optional<String> column(int column) {
    return made.features().get(column).windowSql(made.frames()::get, places);
  }

  private String sql(List<Integer> columns) {
    String names = columns.stream().map(i -> ", c" + i).collect(Collectors.joining());
    String values =
        columns.stream()
            .map(i -> ", " + column(i).orElseThrow() + " AS c" + i)
            .collect(Collectors.joining());
    String windows =
        IntStream.range(0, made.frames().size())
            .boxed()
            .flatMap(i ->
                made.frames().get(i).over(places).stream()
                    .map(frame ->
                        "w" + i + " AS (PARTITION BY " + key("") + " ORDER BY __o " + frame + ")"))
            .collect(Collectors.joining(", "));
    return "SELECT __r"
        + names
        + " FROM (SELECT __r, __e"
        + values
        + " FROM ("
        + rows()
        + " UNION ALL "
        + reads()
        + ") WINDOW "
        + windows
        + ") WHERE NOT __e";
  }

  private String key(String prefix) {
    return made.entity().stream()
        .map(field -> prefix + field.name())
        .collect(Collectors.joining(", "));
  }

  /// The rows that count in the end.
  private String rows() {
    String fields = made.fields().stream().map(Field::name).collect(Collectors.joining(", "));
    return "SELECT "
        + fields
        + ", __m, toInt64(0) AS __t, toUInt64(0) AS __r, toUInt8(1) AS __e, __m * "
        + places
        + " + toInt64(row_number() OVER (PARTITION BY "
        + key("")
        + ", __m ORDER BY __q)) - 1 AS __o FROM "
        + stored.events()
        + " WHERE __lost = "
        + Long.MAX_VALUE
        + made.where().map(holds -> " AND (" + holds.sql() + ")").orElse("");
  }

  private String reads() {
    Stream<String> time = Stream.of(nothing(made.fields().getFirst()));
    Stream<String> others =
        made.fields().stream().skip(1L + made.entityColumns()).map(WindowModel::nothing);
    String fields =
        Stream.of(time, Stream.of(key("__")), others)
            .flatMap(all -> all)
            .collect(Collectors.joining(", "));
    return "SELECT "
        + fields
        + ", __t AS __m, __t, __r, toUInt8(0) AS __e, __t * "
        + places
        + " + "
        + (places - 1)
        + " AS __o FROM "
        + stored.reads()
        + " WHERE __settled";
  }

  private static String nothing(Field field) {
    DataType type = field.type();
    return "defaultValueOfTypeName('" + type.sql().replace("'", "\\'") + "')";
  }
}
