// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The features of keys at one time: a row for each key, in the order in which they were asked for.
public final class FeatureVectors {
  private final Row answer;
  private final Map<String, @Nullable Object> keys;
  private final Map<String, @Nullable Object> values;
  private final int size;

  FeatureVectors(Map<String, @Nullable Object> answer) {
    this.answer = new Row(answer);
    this.keys = KingletClient.object(answer.get("keys"));
    this.values = KingletClient.object(answer.get("values"));
    this.size =
        values.values().stream()
            .map(column -> column instanceof List<?> list ? list.size() : 0)
            .findFirst()
            .orElse(0);
  }

  /// Why a value is there or not.
  public enum Status {
    /// A value.
    PRESENT,
    /// The window has no value.
    NULL,
    /// The key has no event until the time of the read.
    NOT_FOUND,
    /// The newest event is too old.
    EXPIRED
  }

  /// From when to when the events of a value may be; `null` where a side is open.
  public record Interval(@Nullable Instant from, @Nullable Instant until) {}

  /// How many rows there are.
  public int size() {
    return size;
  }

  /// The names of the features, in order.
  public List<String> features() {
    return List.copyOf(values.keySet());
  }

  /// The version of the view or service that answered.
  public long version() {
    return answer.values().get("version") instanceof Long version ? version : 0;
  }

  /// The time of the read.
  public Instant asOf() {
    Instant time = answer.getInstant("as_of");
    if (time == null) {
      throw KingletClient.strange("no 'as_of'");
    }
    return time;
  }

  /// The features of one row, after the columns of its key.
  public Row row(int index) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    keys.forEach((name, column) -> row.put(name, at(column, index)));
    values.forEach((name, column) -> row.put(name, at(column, index)));
    return new Row(row);
  }

  /// The status of a value, which [FeatureCall.Detail#STATUS] asks for.
  public Status status(int index, String feature) {
    Object status = at(detail("status", feature), index);
    return Status.valueOf(String.valueOf(status));
  }

  /// The time of the newest event of a row, which [FeatureCall.Detail#FRESHNESS] asks for.
  public Optional<Instant> freshness(int index) {
    Object time = at(asked("freshness"), index);
    return Optional.ofNullable(time == null ? null : Instant.parse(time.toString()));
  }

  /// The interval of a feature, which [FeatureCall.Detail#INTERVAL] asks for.
  public Interval interval(String feature) {
    Object sides = detail("interval", feature);
    return new Interval(instant(at(sides, 0)), instant(at(sides, 1)));
  }

  private static @Nullable Instant instant(@Nullable Object text) {
    return text == null ? null : Instant.parse(text.toString());
  }

  private @Nullable Object detail(String name, String feature) {
    Map<String, @Nullable Object> features = KingletClient.object(asked(name));
    if (!features.containsKey(feature)) {
      throw new NoSuchElementException(
          "there is no feature '" + feature + "', but " + String.join(", ", features.keySet()));
    }
    return features.get(feature);
  }

  private @Nullable Object asked(String name) {
    if (!answer.values().containsKey(name)) {
      throw new IllegalStateException(
          "ask for it first: with(Detail." + name.toUpperCase(java.util.Locale.ROOT) + ")");
    }
    return answer.values().get(name);
  }

  private static @Nullable Object at(@Nullable Object column, int index) {
    if (column instanceof List<?> list) {
      return list.get(index);
    }
    throw KingletClient.strange("no array where one was expected");
  }
}
