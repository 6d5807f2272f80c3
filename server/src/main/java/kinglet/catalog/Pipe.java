// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A named chain of nodes.
///
/// @param id `t_` and 32 hexadecimal digits
public record Pipe(
    String id,
    String workspaceId,
    String name,
    String description,
    List<Node> nodes,
    PipeKind kind,
    List<String> tags,
    Instant createdAt,
    Instant updatedAt) {
  public Pipe {
    nodes = List.copyOf(nodes);
    tags = List.copyOf(tags);
  }

  public Optional<Node> node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  public boolean features() {
    return kind instanceof PipeKind.Features;
  }

  public boolean endpoint() {
    return kind instanceof PipeKind.Endpoint;
  }
}
