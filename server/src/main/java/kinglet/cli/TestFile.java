// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.error.PlatformException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A file of a project's tests: what one endpoint answers to calls.
///
/// An update changes the values alone, so that a file keeps its comments and its order.
final class TestFile {
  private static final List<String> FIELDS =
      List.of("name", "description", "parameters", "expected_result", "expected_http_status");

  private final Path path;
  private final String text;
  private final List<Case> cases = new ArrayList<>();
  private final List<Edit> edits = new ArrayList<>();

  /// One call, and what it should answer.
  ///
  /// @param parameters as in a query string
  record Case(MappingNode node, String name, String parameters, String expected, int status) {}

  /// A part of the text and what stands there instead.
  private record Edit(int start, int end, String text) {}

  private TestFile(Path path, String text) {
    this.path = path;
    this.text = text;
  }

  static TestFile read(Path path) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(path.toString()).build();
      TestFile file = new TestFile(path, Files.readString(path));
      new Compose(settings).composeString(file.text).ifPresent(file::readCases);
      return file;
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "can't read " + path, e);
    } catch (YamlEngineException e) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, path + " is not YAML: " + e.getMessage(), e);
    }
  }

  /// The endpoint: the file's name without its extension.
  String endpoint() {
    String name = String.valueOf(path.getFileName());
    return name.substring(0, name.lastIndexOf('.'));
  }

  List<Case> cases() {
    return List.copyOf(cases);
  }

  private void readCases(Node node) {
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong(node, "a file of tests is a list of tests");
    }
    for (Node one : sequence.getValue()) {
      cases.add(readCase(one));
    }
  }

  private Case readCase(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "a test has the fields " + String.join(", ", FIELDS));
    }
    Map<String, String> fields = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key) || !FIELDS.contains(key.getValue())) {
        throw wrong(tuple.getKeyNode(), "a test has the fields " + String.join(", ", FIELDS));
      }
      if (!(tuple.getValueNode() instanceof ScalarNode value)) {
        throw wrong(tuple.getValueNode(), key.getValue() + " is a text");
      }
      fields.put(key.getValue(), value.getTag().equals(Tag.NULL) ? "" : value.getValue());
    }
    String name = fields.getOrDefault("name", "");
    if (name.isBlank()) {
      throw wrong(node, "a test needs a name");
    }
    String status = fields.getOrDefault("expected_http_status", "");
    if (!status.matches("([1-5][0-9][0-9])?")) {
      throw wrong(node, "expected_http_status is a status such as 400, not '" + status + "'");
    }
    return new Case(
        mapping,
        name,
        fields.getOrDefault("parameters", ""),
        fields.getOrDefault("expected_result", "").stripTrailing(),
        status.isEmpty() ? 200 : Integer.parseInt(status));
  }

  private PlatformException wrong(Node node, String message) {
    String line = node.getStartMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
    return new PlatformException(CliError.INVALID_ARGUMENT, path + line + ": " + message);
  }

  /// Makes what an endpoint answered what a test expects.
  void expect(Case one, String result, int status) {
    if (one.node().getFlowStyle() == FlowStyle.FLOW) {
      throw wrong(one.node(), "a test in braces can't be updated; give each field a line");
    }
    set(one.node(), "expected_result", result);
    if (status != one.status()) {
      set(one.node(), "expected_http_status", Integer.toString(status));
    }
  }

  /// Notes that a field gets another value, in its place or in a line after the name.
  private void set(MappingNode mapping, String field, String value) {
    int indent = column(mapping.getValue().getFirst().getKeyNode());
    for (NodeTuple tuple : mapping.getValue()) {
      if (((ScalarNode) tuple.getKeyNode()).getValue().equals(field)) {
        replace(tuple.getValueNode(), value, indent);
        return;
      }
    }
    int at = lineEnd(end(mapping.getValue().getFirst().getValueNode()));
    String line = "\n" + " ".repeat(indent) + field + ": " + written(value, indent, true);
    edits.add(new Edit(at, at, line));
  }

  private void replace(Node old, String value, int indent) {
    int start = offset(old.getStartMark());
    int end = end(old);
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    boolean lastOfLine = text.substring(end, lineEnd(end)).isBlank();
    String space = text.charAt(start - 1) == ':' ? " " : "";
    edits.add(new Edit(start, end, space + written(value, indent, lastOfLine)));
  }

  /// Rows as a block, everything else as a quoted text.
  private static String written(String value, int indent, boolean lastOfLine) {
    if (value.matches("[0-9]{3}")) {
      return value;
    }
    boolean rows = !value.isEmpty() && value.lines().allMatch(line -> line.startsWith("{"));
    if (rows && lastOfLine) {
      String margin = "\n" + " ".repeat(indent + 2);
      return value.lines().collect(Collectors.joining(margin, "|" + margin, ""));
    }
    return value.lines().count() > 1
        ? ApiClient.MAPPER.writeValueAsString(value)
        : "'" + value.replace("'", "''") + "'";
  }

  private int lineEnd(int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private int end(Node node) {
    return offset(node.getEndMark());
  }

  private int offset(Optional<Mark> mark) {
    return text.offsetByCodePoints(0, mark.orElseThrow().getIndex());
  }

  private static int column(Node node) {
    return node.getStartMark().orElseThrow().getColumn();
  }

  /// Writes the file with what was noted.
  void write() {
    StringBuilder edited = new StringBuilder(text);
    edits.stream()
        .sorted(Comparator.comparingInt(Edit::start).reversed())
        .forEach(edit -> edited.replace(edit.start(), edit.end(), edit.text()));
    try {
      Files.writeString(path, edited.toString());
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "can't write " + path, e);
    }
  }
}
