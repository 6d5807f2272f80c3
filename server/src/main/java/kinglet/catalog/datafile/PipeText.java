// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import kinglet.catalog.CatalogError;
import kinglet.error.PlatformException;

/// The text of a `.pipe` file, changed node by node; what is not changed stays as it was written.
/// Immutable.
public final class PipeText {
  private static final Set<String> OF_THE_FILE = Set.of("TOKEN", "TAGS", "VERSION");

  /// What every node may have; the rest says what it is for.
  private static final Set<String> OF_ANY_NODE =
      Set.of("NODE", "DESCRIPTION", "SQL", "INCLUDE", "TOKEN", "TAGS", "VERSION");

  private final List<Piece> head;
  private final List<List<Piece>> nodes;

  /// One instruction with its lines, and the comments after it.
  private record Piece(String instruction, String value, String text) {
    static Piece line(String instruction, String value) {
      return new Piece(instruction, value, instruction + " " + value + "\n");
    }

    /// Each line is indented, so that none is taken for an instruction.
    static Piece block(String instruction, String value) {
      StringBuilder text = new StringBuilder(instruction + " >\n");
      value.lines().forEach(line -> text.append(line.isBlank() ? "" : "    " + line).append('\n'));
      return new Piece(instruction, value, text + "\n");
    }
  }

  private PipeText(List<Piece> head, List<List<Piece>> nodes) {
    this.head = List.copyOf(head);
    this.nodes = nodes.stream().map(List::copyOf).toList();
  }

  /// A pipe without nodes.
  public static PipeText empty() {
    return new PipeText(List.of(), List.of());
  }

  /// Cuts the text of a file that has been read without errors.
  public static PipeText parse(ProjectFile file) {
    List<String> lines = file.text().lines().toList();
    List<SourceLine> source = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      source.add(new SourceLine(file.path(), i + 1, lines.get(i)));
    }
    List<Statement> statements =
        new StatementReader(FileKind.PIPE, source, true, new Findings(List.of(file))).readAll();
    List<Piece> head = new ArrayList<>();
    List<List<Piece>> nodes = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= statements.size(); i++) {
      int to = i < statements.size() ? statements.get(i).place().line() - 1 : lines.size();
      String text = String.join("\n", lines.subList(from, to)) + (to > from ? "\n" : "");
      Piece piece =
          i == 0
              ? new Piece("", "", text)
              : new Piece(statements.get(i - 1).instruction(), statements.get(i - 1).value(), text);
      if (piece.instruction().equals("NODE")) {
        nodes.add(new ArrayList<>());
      }
      (nodes.isEmpty() ? head : nodes.getLast()).add(piece);
      from = to;
    }
    return new PipeText(head, nodes);
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    head.forEach(piece -> text.append(piece.text()));
    nodes.forEach(node -> node.forEach(piece -> text.append(piece.text())));
    return text.toString();
  }

  public PipeText withDescription(String description) {
    List<Piece> changed = new ArrayList<>(head);
    changed.removeIf(piece -> piece.instruction().equals("DESCRIPTION"));
    if (!description.isBlank()) {
      changed.add(Piece.block("DESCRIPTION", description));
    }
    return new PipeText(changed, nodes);
  }

  public PipeText withTags(List<String> tags) {
    List<Piece> changed = new ArrayList<>(head);
    changed.removeIf(piece -> piece.instruction().equals("TAGS"));
    if (!tags.isEmpty()) {
      changed.add(Piece.line("TAGS", '"' + String.join(", ", tags) + '"'));
    }
    List<List<Piece>> others =
        nodes.stream()
            .map(
                node -> node.stream().filter(piece -> !piece.instruction().equals("TAGS")).toList())
            .toList();
    return new PipeText(changed, others);
  }

  /// Adds a node at the end.
  ///
  /// @param settings values by instruction, such as `TYPE`
  public PipeText withNode(
      String name, String description, String sql, Map<String, String> settings) {
    if (index(name).isPresent()) {
      throw new PlatformException(
          CatalogError.NODE_EXISTS, "The pipe has a node '" + name + "' already");
    }
    List<Piece> node = new ArrayList<>(List.of(Piece.line("NODE", name)));
    if (!description.isBlank()) {
      node.add(Piece.block("DESCRIPTION", description));
    }
    node.add(Piece.block("SQL", sql));
    settings.forEach((instruction, value) -> node.add(setting(instruction, value)));
    List<List<Piece>> changed = new ArrayList<>(nodes);
    changed.add(node);
    return new PipeText(head, changed);
  }

  public PipeText withoutNode(String name) {
    int index = require(name);
    List<Piece> kept = new ArrayList<>(head);
    nodes.get(index).stream()
        .filter(piece -> OF_THE_FILE.contains(piece.instruction()))
        .forEach(kept::add);
    List<List<Piece>> changed = new ArrayList<>(nodes);
    changed.remove(index);
    return new PipeText(kept, changed);
  }

  public PipeText renameNode(String name, String next) {
    if (index(next).isPresent() && !next.equals(name)) {
      throw new PlatformException(
          CatalogError.NODE_EXISTS, "The pipe has a node '" + next + "' already");
    }
    return change(name, pieces -> replaced(pieces, Piece.line("NODE", next)));
  }

  public PipeText withNodeSql(String name, String sql) {
    return change(name, pieces -> replaced(pieces, Piece.block("SQL", sql)));
  }

  public PipeText withNodeDescription(String name, String description) {
    return change(
        name,
        pieces -> {
          List<Piece> rest = without(pieces, Set.of("DESCRIPTION"));
          if (!description.isBlank()) {
            rest.add(1, Piece.block("DESCRIPTION", description));
          }
          return rest;
        });
  }

  /// Makes a node the endpoint of the pipe; another one is none any more.
  public PipeText published(String name) {
    return unpublished()
        .change(
            name,
            pieces -> {
              List<Piece> rest = without(pieces, Set.of("TYPE"));
              rest.add(Piece.line("TYPE", "endpoint"));
              return rest;
            });
  }

  /// Takes the endpoint away, if there is one.
  public PipeText unpublished() {
    List<List<Piece>> changed = new ArrayList<>();
    for (List<Piece> node : nodes) {
      boolean endpoint =
          node.stream()
              .anyMatch(piece ->
                  piece.instruction().equals("TYPE")
                      && piece.value().strip().equalsIgnoreCase("endpoint"));
      changed.add(endpoint ? without(node, Set.of("TYPE", "CACHE", "FEATURE_DELAY")) : node);
    }
    return new PipeText(head, changed);
  }

  /// Says what a node is for; what was said of that before is gone.
  ///
  /// @param settings values by instruction, such as `TYPE`; none for a node that only others read
  public PipeText withKind(String name, Map<String, String> settings) {
    return change(
        name,
        pieces -> {
          List<Piece> rest = new ArrayList<>(pieces);
          rest.removeIf(piece -> !OF_ANY_NODE.contains(piece.instruction()));
          settings.forEach((instruction, value) -> rest.add(setting(instruction, value)));
          return rest;
        });
  }

  private PipeText change(String name, UnaryOperator<List<Piece>> edit) {
    int index = require(name);
    List<List<Piece>> changed = new ArrayList<>(nodes);
    changed.set(index, edit.apply(nodes.get(index)));
    return new PipeText(head, changed);
  }

  private static List<Piece> without(List<Piece> pieces, Set<String> instructions) {
    List<Piece> rest = new ArrayList<>(pieces);
    rest.removeIf(piece -> instructions.contains(piece.instruction()));
    return rest;
  }

  private static List<Piece> replaced(List<Piece> pieces, Piece next) {
    List<Piece> changed = new ArrayList<>();
    for (Piece piece : pieces) {
      changed.add(piece.instruction().equals(next.instruction()) ? next : piece);
    }
    return changed;
  }

  private static Piece setting(String instruction, String value) {
    if (value.lines().count() > 1 || instruction.lines().count() > 1) {
      throw new PlatformException(
          CatalogError.CHANGE_REFUSED,
          "The value of " + instruction.toLowerCase(Locale.ROOT) + " must be one line");
    }
    return Piece.line(instruction, value.strip());
  }

  private int require(String name) {
    return index(name)
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.UNKNOWN_NODE, "The pipe has no node '" + name + "'"));
  }

  private Optional<Integer> index(String name) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).getFirst().value().strip().equals(name)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}
