// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import kinglet.error.PlatformException;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;

/// Puts the nodes and pipes a query names into it, as queries in parentheses.
///
/// Used by one thread for one query.
final class Nesting {
  private static final int DEPTH_MAX = 50;
  private static final int SQL_LENGTH_MAX = 4 << 20;

  private final Names names;
  private final BiFunction<CompiledPipe, Node, CompiledQuery> rendering;
  private final Deque<String> open = new ArrayDeque<>();
  private final Map<String, String> done = new LinkedHashMap<>();
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private final Map<String, String> hints = new LinkedHashMap<>();

  Nesting(Names names, BiFunction<CompiledPipe, Node, CompiledQuery> rendering) {
    this.names = names;
    this.rendering = rendering;
  }

  CompiledQuery compile(CompiledPipe pipe, String node) {
    String sql = node(pipe, node);
    return new CompiledQuery(sql, parameters, hints);
  }

  private String node(CompiledPipe pipe, String name) {
    String key = pipe.name() + "." + name;
    String known = done.get(key);
    if (known != null) {
      return known;
    }
    if (pipe.pipe().features()) {
      String values = names.features(pipe.name()).orElseThrow(() -> unreadable(pipe));
      done.put(key, "SELECT * FROM " + values);
      return "SELECT * FROM " + values;
    }
    if (open.contains(key)) {
      throw new PlatformException(
          CatalogError.PIPE_RECURSIVE,
          "The node '" + name + "' of pipe '" + pipe.name() + "' reads itself");
    }
    if (open.size() >= DEPTH_MAX) {
      throw new PlatformException(
          CatalogError.PIPE_TOO_DEEP, "Nodes are nested deeper than " + DEPTH_MAX);
    }
    Node node =
        pipe.pipe()
            .node(name)
            .orElseThrow(() ->
                new PlatformException(
                    CatalogError.UNKNOWN_NODE,
                    "The pipe '" + pipe.name() + "' has no node '" + name + "'"));
    open.push(key);
    CompiledQuery rendered = rendering.apply(pipe, node);
    parameters.putAll(rendered.parameters());
    hints.putAll(rendered.hints());
    String sql = nest(pipe, node, rendered.sql());
    open.pop();
    done.put(key, sql);
    return sql;
  }

  private static PlatformException unreadable(CompiledPipe view) {
    return new PlatformException(
        CatalogError.FEATURES_NOT_HERE,
        "The feature view '"
            + view.name()
            + "' cannot be read here: only endpoints and SQL read feature views");
  }

  private String nest(CompiledPipe pipe, Node node, String sql) {
    String nested = SqlReferences.of(sql).replaceTables(table -> replacement(pipe, node, table));
    if (nested.length() > SQL_LENGTH_MAX) {
      throw new PlatformException(
          CatalogError.PIPE_TOO_LARGE,
          "The query of node '"
              + node.name()
              + "' is longer than "
              + SQL_LENGTH_MAX
              + " characters with everything it reads");
    }
    return nested;
  }

  private Optional<String> replacement(CompiledPipe pipe, Node node, TableReference table) {
    if (table.database().isPresent()) {
      String schema = table.database().get();
      return ServiceDataSource.find(schema, table.name())
          .map(names::rows)
          .or(() -> names.sharedTable(schema, table.name()));
    }
    String name = table.name();
    if (!name.equals(node.name()) && pipe.pipe().node(name).isPresent()) {
      return Optional.of("(" + node(pipe, name) + ")");
    }
    return names
        .table(name)
        .or(() ->
            names.pipe(name).map(other -> "(" + node(other, other.pipe().kind().node()) + ")"));
  }
}
