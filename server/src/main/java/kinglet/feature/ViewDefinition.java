// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kinglet.catalog.Node;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The text of a feature view, to make it again when its file says something else.
///
/// @param ttlMicros none where entities do not expire
record ViewDefinition(
    String node,
    String sql,
    List<String> entity,
    String eventTime,
    @Nullable Long ttlMicros,
    Map<String, Long> tileMicros) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  ViewDefinition {
    entity = List.copyOf(entity);
    tileMicros = Map.copyOf(tileMicros);
  }

  static ViewDefinition of(Pipe pipe) {
    PipeKind.Features kind = (PipeKind.Features) pipe.kind();
    Map<String, Long> tiles = new TreeMap<>();
    kind.tiles().forEach((window, width) -> tiles.put(window, micros(width)));
    return new ViewDefinition(
        kind.node(),
        pipe.node(kind.node()).orElseThrow().sql(),
        kind.entity(),
        kind.eventTime(),
        kind.ttl().map(ViewDefinition::micros).orElse(null),
        tiles);
  }

  private static long micros(Duration span) {
    return span.toNanos() / 1_000;
  }

  private static Duration span(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  static ViewDefinition parse(byte[] json) {
    return MAPPER.readValue(json, ViewDefinition.class);
  }

  byte[] json() {
    return MAPPER.writeValueAsBytes(this);
  }

  /// A pipe that says this in the place of what it says.
  Pipe in(Pipe pipe) {
    Map<String, Duration> tiles = new TreeMap<>();
    tileMicros.forEach((window, width) -> tiles.put(window, span(width)));
    PipeKind.Features kind =
        new PipeKind.Features(
            node,
            entity,
            eventTime,
            Optional.ofNullable(ttlMicros).map(ViewDefinition::span),
            tiles);
    return new Pipe(
        pipe.id(),
        pipe.workspaceId(),
        pipe.name(),
        pipe.description(),
        List.of(new Node(pipe.id(), node, "", sql)),
        kind,
        pipe.tags(),
        pipe.createdAt(),
        pipe.updatedAt());
  }
}
