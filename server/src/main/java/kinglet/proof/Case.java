// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.catalog.PipeKind;
import kinglet.feature.definition.FeatureView;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// A view, events in the order in which they come in, and reads of its keys.
///
/// The first field is the event time, those of the entity follow; what is looked up comes last.
///
/// @param keys the values of the entity's columns, key by key
/// @param lookups the columns of a lookup view; then there are neither frames nor features
/// @param asOfMicros how far back reads reach
/// @param reads in the order of the events they have seen
/// @param joined where the last fields are looked up
record Case(
    List<Field> fields,
    int entityColumns,
    List<List<Object>> keys,
    Optional<Condition> where,
    List<Frame> frames,
    List<Feature> features,
    List<Term> lookups,
    OptionalLong ttlMicros,
    long asOfMicros,
    List<Event> events,
    List<Read> reads,
    Optional<Joined> joined) {

  boolean isLookup() {
    return !lookups.isEmpty();
  }

  /// Whether the view takes an event.
  boolean counts(Event event) {
    return where.isEmpty() || where.get().holds(event);
  }

  /// How many columns are compared at each read.
  int columns() {
    return isLookup() ? lookups.size() : features.size();
  }

  long values() {
    return (long) columns() * reads.size();
  }

  List<Field> entity() {
    return fields.subList(1, 1 + entityColumns);
  }

  /// Those that its events bring themselves.
  List<Field> ownFields() {
    return fields.subList(0, fields.size() - joined.map(one -> one.columns().size()).orElse(0));
  }

  Schema schema() {
    return new Schema(ownFields().stream().map(Field::column).toList());
  }

  String columnSql(int column) {
    return isLookup() ? lookups.get(column).sql() : features.get(column).sql();
  }

  /// The SELECT of the view.
  String sql() {
    String entity = entity().stream().map(Field::name).collect(Collectors.joining(", "));
    String columns =
        IntStream.range(0, columns())
            .mapToObj(i -> ",\n    " + columnSql(i) + " AS c" + i)
            .collect(Collectors.joining());
    String windows =
        IntStream.range(0, frames.size())
            .mapToObj(i ->
                "\n    w"
                    + i
                    + " AS (PARTITION BY "
                    + entity
                    + " ORDER BY "
                    + fields.getFirst().name()
                    + " "
                    + frames.get(i).sql()
                    + ")")
            .collect(Collectors.joining(","));
    return "SELECT "
        + entity
        + columns
        + "\nFROM events"
        + joined.map(one -> one.join(fields)).orElse("")
        + where.map(holds -> "\nWHERE " + holds.sql()).orElse("")
        + (frames.isEmpty() ? "" : "\nWINDOW" + windows);
  }

  FeatureView view() {
    Map<String, Duration> tiles = new LinkedHashMap<>();
    for (int i = 0; i < frames.size(); i++) {
      String window = "w" + i;
      frames.get(i).hop().ifPresent(hop -> tiles.put(window, hop));
    }
    PipeKind.Features kind =
        new PipeKind.Features(
            "proof",
            entity().stream().map(Field::name).toList(),
            fields.getFirst().name(),
            ttlMicros.isPresent()
                ? Optional.of(Duration.ofNanos(Math.multiplyExact(ttlMicros.getAsLong(), 1_000L)))
                : Optional.empty(),
            tiles);
    return FeatureView.of("proof", kind, sql());
  }

  /// After how much silence an entity is forgotten.
  long forgetMicros() {
    if (ttlMicros.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long ttl = ttlMicros.getAsLong();
    return ttl + Math.max(ttl, frames.stream().mapToLong(Frame::spanMicros).max().orElse(0));
  }

  /// The time before which a read may be refused when events until a sequence number are there.
  long reachMicros(long seenSeq) {
    long reach = Long.MIN_VALUE;
    for (Event event : events) {
      if (event.seq() <= seenSeq) {
        reach = event.ingestedMicros() - asOfMicros;
      }
    }
    return reach;
  }

  /// Whether a key was silent for so long, at a time, that nothing is kept of it.
  boolean isForgotten(int key, long seenSeq, long horizonMicros) {
    long forget = forgetMicros();
    return forget != Long.MAX_VALUE
        && events.stream()
            .filter(event -> event.seq() <= seenSeq && event.key() == key && counts(event))
            .allMatch(event -> event.micros() < horizonMicros - forget);
  }

  Case with(List<Event> fewerEvents, List<Read> fewerReads) {
    return new Case(
        fields,
        entityColumns,
        keys,
        where,
        frames,
        features,
        lookups,
        ttlMicros,
        asOfMicros,
        fewerEvents,
        fewerReads,
        joined);
  }

  Case withColumn(int column) {
    return new Case(
        fields,
        entityColumns,
        keys,
        where,
        frames,
        isLookup() ? List.of() : List.of(features.get(column)),
        isLookup() ? List.of(lookups.get(column)) : List.of(),
        ttlMicros,
        asOfMicros,
        events,
        reads,
        joined);
  }

  Case without(Optional<Condition> changedWhere, OptionalLong changedTtl) {
    return new Case(
        fields,
        entityColumns,
        keys,
        changedWhere,
        frames,
        features,
        lookups,
        changedTtl,
        asOfMicros,
        events,
        reads,
        joined);
  }

  /// The case as text, to be read by whoever looks for the reason of a difference.
  String text() {
    StringBuilder text = new StringBuilder();
    fields.forEach(
        field -> text.append(field.name()).append(' ').append(field.type().sql()).append(", "));
    text.append("\n").append(sql()).append('\n');
    joined.ifPresent(one -> {
      text.append("where looked is ").append(one.sql()).append(" over\n");
      one.events().forEach(event -> text.append(event).append('\n'));
    });
    for (int i = 0; i < frames.size(); i++) {
      String window = "w" + i;
      frames.get(i).hop().ifPresent(hop -> text.append("TILE " + window + " " + hop + "\n"));
    }
    ttlMicros.ifPresent(ttl -> text.append("TTL " + ttl + " us\n"));
    text.append("as_of reaches back ").append(asOfMicros).append(" us\n");
    for (Event event : events) {
      text.append("event ").append(event.seq()).append(" at ").append(event.micros());
      text.append(" came in at ").append(event.ingestedMicros()).append(' ');
      text.append(event.values().stream().map(Case::shown).toList()).append('\n');
    }
    for (Read read : reads) {
      text.append("read of ").append(keys.get(read.key())).append(" at ").append(read.micros());
      text.append(" after event ").append(read.seenSeq()).append('\n');
    }
    return text.toString();
  }

  private static String shown(@Nullable Object value) {
    return value instanceof String text ? "'" + text + "'" : "" + value;
  }
}
