// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Optional;
import kinglet.catalog.Engine;
import kinglet.catalog.PipeKind;

/// What a `.pipe` file says.
///
/// @param kindPlace where its TYPE stands
/// @param targetEngine the engine of a materialized view's target, when the pipe itself describes
///   it
public record PipeFile(
    String path,
    String name,
    String description,
    List<NodeFile> nodes,
    PipeKind kind,
    Place kindPlace,
    Optional<Engine> targetEngine,
    List<TokenLine> tokens,
    List<String> tags) {
  public PipeFile {
    nodes = List.copyOf(nodes);
    tokens = List.copyOf(tokens);
    tags = List.copyOf(tags);
  }

  public NodeFile output() {
    return nodes.stream().filter(node -> node.name().equals(kind.node())).findFirst().orElseThrow();
  }
}
