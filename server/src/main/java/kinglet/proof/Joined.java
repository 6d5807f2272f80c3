// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.catalog.PipeKind;
import kinglet.feature.definition.FeatureView;
import kinglet.type.DataType;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// A lookup view that a case's view joins, with the events it is made of.
///
/// The first of its fields is the event time, the second the key. An event of the case has the row
/// with the latest event time among those that came in before it and are no later than that.
///
/// @param columns what the lookup view computes
/// @param on which of the case's fields the key is compared with
/// @param events in the order in which they come in, numbered together with the case's
record Joined(List<Field> fields, List<Term> columns, int on, List<Event> events) {
  private static final String VIEW = "looked";

  Schema schema() {
    return new Schema(fields.stream().map(Field::column).toList());
  }

  /// The SELECT of the lookup view.
  String sql() {
    return "SELECT "
        + fields.get(1).name()
        + IntStream.range(0, columns.size())
            .mapToObj(i -> ", " + columns.get(i).sql() + " AS " + name(i))
            .collect(Collectors.joining())
        + " FROM lookups";
  }

  FeatureView view() {
    PipeKind.Features kind =
        new PipeKind.Features(
            VIEW,
            List.of(fields.get(1).name()),
            fields.getFirst().name(),
            Optional.empty(),
            Map.of());
    return FeatureView.of(VIEW, kind, sql());
  }

  /// What the case's view says behind FROM.
  String join(List<Field> of) {
    return "\nLEFT JOIN " + VIEW + " AS l ON l." + fields.get(1).name() + " = " + of.get(on).name();
  }

  private static String name(int column) {
    return "v" + column;
  }

  /// What the case's events get of it, as fields of theirs.
  List<Field> added() {
    return IntStream.range(0, columns.size())
        .mapToObj(i ->
            new Field(name(i), orNull(columns.get(i).type()), columns.get(i).wild(), _ -> null))
        .toList();
  }

  private static DataType orNull(DataType type) {
    return switch (type) {
      case DataType.NullableOf _ -> type;
      case DataType.LowCardinality(DataType inner) -> new DataType.LowCardinality(orNull(inner));
      default -> new DataType.NullableOf(type);
    };
  }

  /// The values of an event with those it finds.
  List<@Nullable Object> joined(List<@Nullable Object> values, long seq, long ingestedMicros) {
    Optional<Event> found =
        events.stream()
            .filter(event ->
                event.seq() < seq
                    && event.micros() <= ingestedMicros
                    && Objects.equals(event.values().get(1), values.get(on)))
            .max(Comparator.comparingLong(Event::micros).thenComparingLong(Event::seq));
    List<@Nullable Object> all = new ArrayList<>(values);
    for (Term column : columns) {
      all.add(found.map(event -> column.of().apply(event)).orElse(null));
    }
    return all;
  }
}
