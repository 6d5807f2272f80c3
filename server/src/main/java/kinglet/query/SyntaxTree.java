// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import kinglet.error.PlatformException;
import kinglet.sql.FunctionRules;

/// Reads the text of `EXPLAIN AST`: one node a line, its depth in leading spaces.
///
/// A kind of node that is not known here fails, so that new syntax of the engine is refused until
/// somebody has thought about it.
final class SyntaxTree {
  private static final Set<String> KINDS =
      Set.of(
          "ArrayJoin",
          "Asterisk",
          "ColumnsApplyTransformer",
          "ColumnsExceptTransformer",
          "ColumnsListMatcher",
          "ColumnsRegexpMatcher",
          "ColumnsReplaceTransformer",
          "ColumnsReplaceTransformer::Replacement",
          "ColumnsTransformerList",
          "ExpressionList",
          "Function",
          "Identifier",
          "InterpolateElement",
          "Literal",
          "OrderByElement",
          "QualifiedAsterisk",
          "QualifiedColumnsListMatcher",
          "QualifiedColumnsRegexpMatcher",
          "SampleRatio",
          "SelectIntersectExceptQuery",
          "SelectQuery",
          "SelectWithUnionQuery",
          "Subquery",
          "TableExpression",
          "TableIdentifier",
          "TableJoin",
          "TablesInSelectQuery",
          "TablesInSelectQueryElement",
          "WindowDefinition",
          "WindowListElement",
          "WithElement");

  private static final Set<String> IN_FUNCTIONS =
      Set.of(
          "in",
          "notin",
          "globalin",
          "globalnotin",
          "nullin",
          "notnullin",
          "globalnullin",
          "globalnotnullin");

  private record Line(String kind, String name, int position) {}

  /// The nodes from the root to the current line.
  private final List<Line> path = new ArrayList<>();

  private final List<Integer> children = new ArrayList<>();
  private final Set<String> tables = new HashSet<>();
  private final Set<String> inOperands = new HashSet<>();
  private final Set<String> storages = new HashSet<>();
  private final Set<String> functions = new HashSet<>();
  private final Set<String> tableFunctions = new HashSet<>();

  private SyntaxTree() {}

  static SyntaxFacts read(String text) {
    SyntaxTree tree = new SyntaxTree();
    text.lines().forEach(tree::line);
    return new SyntaxFacts(
        tree.tables, tree.inOperands, tree.storages, tree.functions, tree.tableFunctions);
  }

  private void line(String line) {
    int depth = 0;
    while (depth < line.length() && line.charAt(depth) == ' ') {
      depth++;
    }
    int space = line.indexOf(' ', depth);
    String kind = line.substring(depth, space < 0 ? line.length() : space);
    String name = space < 0 ? "" : name(line.substring(space + 1));
    if (!KINDS.contains(kind) || depth > path.size() || !fits(depth, kind)) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED, "[Error] The SQL uses a construct that is not offered");
    }
    trim(depth);
    int position = depth == 0 ? 0 : children.get(depth - 1);
    if (depth > 0) {
      children.set(depth - 1, position + 1);
    }
    path.add(new Line(kind, name, position));
    children.add(0);
    note(path.getLast());
  }

  /// The statement itself is one list of SELECTs with nothing beside it.
  private boolean fits(int depth, String kind) {
    return switch (depth) {
      case 0 -> path.isEmpty() && kind.equals("SelectWithUnionQuery");
      case 1 -> path.size() == 1 && kind.equals("ExpressionList");
      default -> true;
    };
  }

  private void trim(int depth) {
    while (path.size() > depth) {
      path.removeLast();
      children.removeLast();
    }
  }

  /// The name of a node without its alias and the number of its children.
  private static String name(String rest) {
    int end = rest.length();
    int count = rest.lastIndexOf("(children ");
    if (count >= 0 && rest.endsWith(")")) {
      end = count > 0 ? count - 1 : 0;
    }
    String name = rest.substring(0, end);
    int alias = name.lastIndexOf(" (alias ");
    return alias >= 0 && name.endsWith(")") ? name.substring(0, alias) : name;
  }

  private void note(Line line) {
    switch (line.kind()) {
      case "TableIdentifier" -> tables.add(line.name());
      case "Function" -> {
        if (parentIs("TableExpression")) {
          tableFunctions.add(line.name());
        } else if (!FunctionRules.allows(line.name())) {
          functions.add(line.name());
        }
      }
      default -> {}
    }
    if (line.position() >= 1
        && line.kind().equals("Identifier")
        && isArgumentOf(IN_FUNCTIONS::contains)
        && line.name().indexOf('.') >= 0) {
      inOperands.add(line.name());
    }
    if (line.position() == 0 && isArgumentOf(name -> name.startsWith("joinget"))) {
      storages.add(storage(line));
    }
  }

  private static String storage(Line line) {
    String name = line.name();
    return line.kind().equals("Literal") && name.length() > 2
        ? name.substring(1, name.length() - 1)
        : name;
  }

  private boolean parentIs(String kind) {
    return path.size() > 1 && path.get(path.size() - 2).kind().equals(kind);
  }

  /// Whether the current line is an argument of a function whose name in lower case is meant.
  private boolean isArgumentOf(Predicate<String> meant) {
    if (path.size() < 3 || !parentIs("ExpressionList")) {
      return false;
    }
    Line function = path.get(path.size() - 3);
    return function.kind().equals("Function")
        && meant.test(function.name().toLowerCase(Locale.ROOT));
  }
}
