// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Map;

/// A pipe whose templates are parsed, ready to become one query.
///
/// Nodes it names are nested as subqueries, other pipes are put in by their output, data sources
/// are qualified with their database.
public final class CompiledPipe {
  private final Pipe pipe;
  private final Names names;

  /// @param names what the names in its nodes stand for
  public CompiledPipe(Pipe pipe, Names names) {
    this.pipe = pipe;
    this.names = names;
  }

  public Pipe pipe() {
    return pipe;
  }

  public String name() {
    return pipe.name();
  }

  /// The query of a node as a deployment checks it: parameters have placeholder values.
  public CompiledQuery build(String node) {
    return build(node, names);
  }

  /// The same, with names that stand for other tables.
  public CompiledQuery build(String node, Names other) {
    return new Nesting(other, CompiledPipe::literal).compile(this, node);
  }

  /// The query of a node alone as a deployment checks it: what it names is left as it is.
  public CompiledQuery buildAlone(String node) {
    return pipe.node(node).map(CompiledPipe::literal).orElseThrow();
  }

  private static CompiledQuery literal(Node node) {
    return new CompiledQuery(node.sql(), Map.of(), Map.of());
  }
}
