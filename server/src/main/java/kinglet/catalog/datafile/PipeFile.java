// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Engine;
import kinglet.catalog.PipeKind;

/// What a `.pipe` file says.
///
/// @param kindPlace where its TYPE stands
/// @param places where each instruction of the output node stands
/// @param targetEngine the engine of a materialized view's target, when the pipe itself describes
///   it
public record PipeFile(
    String path,
    String name,
    String description,
    List<NodeFile> nodes,
    PipeKind kind,
    Place kindPlace,
    Map<String, Place> places,
    Optional<Engine> targetEngine,
    List<TokenLine> tokens,
    List<String> tags) {
  public PipeFile {
    nodes = List.copyOf(nodes);
    places = Map.copyOf(places);
    tokens = List.copyOf(tokens);
    tags = List.copyOf(tags);
  }

  /// Where an instruction of the output node stands, or else its TYPE.
  public Place place(String instruction) {
    return places.getOrDefault(instruction, kindPlace);
  }

  public NodeFile output() {
    return nodes.stream().filter(node -> node.name().equals(kind.node())).findFirst().orElseThrow();
  }
}
