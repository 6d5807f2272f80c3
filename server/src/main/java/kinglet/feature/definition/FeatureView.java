// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import kinglet.catalog.PipeKind;

/// What a feature view is: its SELECT and what its file says beside it. Immutable.
///
/// @param entity the columns that name an entity, in order
/// @param eventTime the column of the source that says when an event happened
/// @param ttlMicros after how long without an event an entity expires
public record FeatureView(
    String name,
    List<String> entity,
    String eventTime,
    Optional<Long> ttlMicros,
    FeatureQuery query) {
  public FeatureView {
    entity = List.copyOf(entity);
  }

  /// What a pipe and its SQL say, or a [DefinitionProblem].
  public static FeatureView of(String name, PipeKind.Features kind, String sql) {
    FeatureQuery query = FeatureQueryReader.read(sql);
    List<Window> windows =
        query.windows().stream()
            .map(window ->
                Optional.ofNullable(kind.tiles().get(window.name()))
                    .map(hop -> window.tiled(micros(hop)))
                    .orElse(window))
            .toList();
    return new FeatureView(
        name,
        kind.entity(),
        kind.eventTime(),
        kind.ttl().map(FeatureView::micros),
        query.withWindows(windows));
  }

  private static long micros(Duration span) {
    return span.toNanos() / 1_000;
  }

  public Optional<Window> window(String wanted) {
    return query.windows().stream().filter(window -> window.name().equals(wanted)).findFirst();
  }
}
