// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import kinglet.catalog.ResourceName;

/// Reads one `.pipe` file.
final class PipeReader {
  private static final Set<String> READ = Set.of("READ");

  private final ProjectFile file;
  private final Findings findings;
  private final List<NodeDraft> nodes = new ArrayList<>();
  private final List<TokenLine> tokens = new ArrayList<>();
  private String description = "";
  private boolean described;
  private List<String> tags = List.of();

  PipeReader(ProjectFile file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  /// A node while its instructions are read; what says how it is published stays as written.
  static final class NodeDraft {
    final String name;
    final Place place;
    final Map<String, Statement> settings = new LinkedHashMap<>();
    final List<Statement> tiles = new ArrayList<>();
    String description = "";
    boolean described;
    String sql = "";
    Place sqlPlace;
    boolean hasSql;

    NodeDraft(String name, Place place) {
      this.name = name;
      this.place = place;
      this.sqlPlace = place;
    }

    NodeFile finish() {
      return new NodeFile(name, description, sql, place, sqlPlace);
    }

    /// The lower-case type, `standard` when none is given.
    String type() {
      Statement type = settings.get("TYPE");
      String word = type == null ? "" : type.value().toLowerCase(Locale.ROOT);
      return word.isEmpty() ? "standard" : word;
    }
  }

  PipeFile read(List<Statement> statements) {
    for (Statement statement : statements) {
      try {
        apply(statement);
      } catch (DatafileProblem problem) {
        findings.error(problem.place(), problem.text());
      }
    }
    Place start = new Place(file.path(), 1, 1);
    if (nodes.isEmpty()) {
      findings.error(start, "A pipe needs at least one NODE");
      nodes.add(new NodeDraft(file.resourceName(), start));
    }
    Set<String> names = new HashSet<>();
    for (NodeDraft node : nodes) {
      if (!names.add(node.name)) {
        findings.error(node.place, "The node '" + node.name + "' stands twice");
      }
      if (!node.hasSql) {
        findings.error(node.place, "The node '" + node.name + "' has no SQL");
      }
    }
    PipeKindReader kind = new PipeKindReader(nodes, findings);
    return new PipeFile(
        file.path(),
        file.resourceName(),
        description,
        nodes.stream().map(NodeDraft::finish).toList(),
        kind.read(),
        kind.place(),
        kind.places(),
        kind.targetEngine(),
        tokens,
        tags);
  }

  private void apply(Statement statement) {
    switch (statement.instruction()) {
      case "NODE" -> nodes.add(node(statement));
      case "DESCRIPTION" -> describe(statement);
      case "SQL" -> sql(statement);
      case "TOKEN" -> tokens.add(Values.token(statement, READ));
      case "TAGS" -> tags = Values.list(statement.value());
      case "VERSION" -> findings.warning(statement.place(), "VERSION is deprecated; it is ignored");
      case "SOURCE", "MAINTAINER" ->
          throw new DatafileProblem(
              statement.place(), statement.instruction() + " is no longer supported");
      case "INCLUDE" ->
          throw new DatafileProblem(statement.place(), "INCLUDE must start in the first column");
      default -> {
        if (nodes.isEmpty()) {
          throw new DatafileProblem(
              statement.place(), statement.instruction() + " must be called after a NODE command");
        }
        if (statement.instruction().equals("TILE")) {
          nodes.getLast().tiles.add(statement);
        } else if (nodes.getLast().settings.put(statement.instruction(), statement) != null) {
          throw new DatafileProblem(
              statement.place(), statement.instruction() + " stands twice in a node");
        }
      }
    }
  }

  private NodeDraft node(Statement statement) {
    String name = statement.value().strip();
    if (name.isEmpty()) {
      throw new DatafileProblem(statement.place(), "NODE needs a name");
    }
    // A node with a wrong name still takes what follows.
    ResourceName.problem(name)
        .ifPresent(problem -> findings.error(statement.rest().place(), problem));
    return new NodeDraft(name, statement.place());
  }

  private void describe(Statement statement) {
    boolean again = nodes.isEmpty() ? described : nodes.getLast().described;
    if (again) {
      throw new DatafileProblem(statement.place(), "DESCRIPTION stands twice");
    }
    if (nodes.isEmpty()) {
      description = statement.value();
      described = true;
    } else {
      nodes.getLast().description = statement.value();
      nodes.getLast().described = true;
    }
  }

  private void sql(Statement statement) {
    if (nodes.isEmpty()) {
      throw new DatafileProblem(statement.place(), "SQL must be called after a NODE command");
    }
    Statement.Block block = statement.block();
    if (block == null) {
      throw new DatafileProblem(statement.place(), "SQL must be multiline");
    }
    NodeDraft node = nodes.getLast();
    if (node.hasSql) {
      throw new DatafileProblem(statement.place(), "The node '" + node.name + "' has two SQL");
    }
    node.hasSql = true;
    List<SourceLine> lines = block.trimmed();
    if (lines.isEmpty()) {
      throw new DatafileProblem(statement.place(), "The SQL of a node must not be empty");
    }
    SourceLine first = lines.getFirst();
    node.sqlPlace = first.at(Statement.Block.indent(first.text()) + 1);
    String sql = block.dedented();
    node.sql = sql.stripLeading().startsWith("%") ? sql.strip() : sql;
    checkTemplateStart(node, lines);
  }

  private static void checkTemplateStart(NodeDraft node, List<SourceLine> lines) {
    if (node.sql.startsWith("%")) {
      return;
    }
    for (SourceLine line : lines) {
      int tag = Math.max(line.text().indexOf("{{"), line.text().indexOf("{%"));
      if (tag >= 0) {
        throw new DatafileProblem(
            line.at(tag + 1),
            "The SQL has template marks but is no template: put % on its first line");
      }
    }
  }
}
