// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import kinglet.catalog.PipeKind;

/// Reads what a node says that is a feature view.
final class FeaturesReader {
  private static final Set<String> ALLOWED = Set.of("TYPE", "ENTITY", "EVENT_TIME", "TTL", "TILE");
  private static final int ENTITY_COLUMNS_MAX = 16;
  private static final Pattern COLUMN = Pattern.compile("`[^`\\\\]{1,200}`|[A-Za-z_][A-Za-z0-9_]*");

  private final List<PipeReader.NodeDraft> nodes;
  private final PipeReader.NodeDraft node;

  FeaturesReader(List<PipeReader.NodeDraft> nodes, PipeReader.NodeDraft node) {
    this.nodes = nodes;
    this.node = node;
  }

  PipeKind.Features read() {
    PipeKindReader.attributes(node, "Features", ALLOWED);
    if (nodes.size() > 1) {
      throw new DatafileProblem(
          nodes.get(nodes.getFirst() == node ? 1 : 0).place,
          "A feature view has one node: put what it computes into one SELECT");
    }
    if (node.sql.startsWith("%")) {
      throw new DatafileProblem(
          node.sqlPlace, "The SQL of a feature view cannot be a template: it has no caller");
    }
    Statement time = required("EVENT_TIME", "the column that says when an event happened");
    Statement ttl = node.settings.get("TTL");
    return new PipeKind.Features(
        node.name,
        entity(required("ENTITY", "the columns that name an entity, such as ENTITY user_id")),
        column(time, time.value().strip()),
        ttl == null ? Optional.empty() : Optional.of(span(ttl, ttl.value())),
        tiles());
  }

  private Statement required(String instruction, String what) {
    Statement statement = node.settings.get(instruction);
    if (statement == null || statement.value().isBlank()) {
      Statement type = node.settings.get("TYPE");
      throw new DatafileProblem(
          statement != null ? statement.place() : type == null ? node.place : type.place(),
          "The feature view '" + node.name + "' needs " + instruction + ", " + what);
    }
    return statement;
  }

  private static List<String> entity(Statement statement) {
    List<String> columns = new ArrayList<>();
    for (String item : statement.value().split(",", -1)) {
      String column = column(statement, item.strip());
      if (columns.contains(column)) {
        throw new DatafileProblem(
            statement.rest().place(), "The column '" + column + "' stands twice in ENTITY");
      }
      columns.add(column);
    }
    if (columns.size() > ENTITY_COLUMNS_MAX) {
      throw new DatafileProblem(
          statement.rest().place(), "ENTITY names at most " + ENTITY_COLUMNS_MAX + " columns");
    }
    return columns;
  }

  private static String column(Statement statement, String text) {
    if (!COLUMN.matcher(text).matches()) {
      throw new DatafileProblem(
          statement.rest().place(),
          statement.instruction() + " takes the names of columns, not '" + text + "'");
    }
    return text.startsWith("`") ? text.substring(1, text.length() - 1) : text;
  }

  /// `TILE last_7d 1 hour`, once for each window.
  private Map<String, Duration> tiles() {
    Map<String, Duration> tiles = new HashMap<>();
    Set<String> windows = new HashSet<>();
    for (Statement tile : node.tiles) {
      String[] words = tile.value().strip().split("\\s+", 2);
      if (words.length < 2) {
        throw new DatafileProblem(
            tile.place(), "TILE takes a window and a width, such as TILE last_7d 1 hour");
      }
      if (!windows.add(words[0])) {
        throw new DatafileProblem(
            tile.place(), "TILE stands twice for the window '" + words[0] + "'");
      }
      tiles.put(words[0], span(tile, words[1]));
    }
    return tiles;
  }

  private static Duration span(Statement statement, String text) {
    return Values.span(text)
        .orElseThrow(() ->
            new DatafileProblem(
                statement.rest().place(),
                statement.instruction()
                    + " needs a span of time such as 30 days, 1 hour or 10 minutes, not '"
                    + text
                    + "'"));
  }
}
