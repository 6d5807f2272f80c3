// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kinglet.catalog.DataSource;
import kinglet.catalog.Engine;
import kinglet.catalog.Expectation;
import kinglet.catalog.Index;
import kinglet.type.Schema;

/// The text of a `.datasource` file while a call writes it, instruction by instruction.
///
/// Whatever a value holds, it stays the value of its instruction: a value of one line is written as
/// one line, the lines of a block are indented.
public final class DataSourceText {
  private static final String BLOCK = " >\n";

  private final Map<String, String> statements = new LinkedHashMap<>();

  /// What a file says, without comments, `VERSION` and `INCLUDE`.
  public static DataSourceText of(DataSourceFile file) {
    DataSourceText text = new DataSourceText();
    text.block("DESCRIPTION", file.description());
    text.statements.put(
        "TOKEN",
        file.tokens().stream()
            .map(token -> "TOKEN " + quoted(token.token()) + " " + token.permission() + "\n")
            .collect(Collectors.joining()));
    text.line("TAGS", String.join(", ", file.tags()));
    text.block(
        "SCHEMA",
        file.columns().stream().map(SchemaText::write).collect(Collectors.joining(",\n")));
    text.engine(file.engine());
    text.block(
        "INDEXES", file.indexes().stream().map(Index::sql).collect(Collectors.joining("\n")));
    text.block("FORWARD_QUERY", file.forwardQuery().orElse(""));
    if (!file.backfill()) {
      text.line("BACKFILL", "skip");
    }
    text.block(
        "EXPECTATIONS",
        file.expected().stream().map(Expectation::text).collect(Collectors.joining("\n")));
    text.block("SHARED_WITH", String.join(",\n", file.sharedWith()));
    new TreeMap<>(file.settings()).forEach(text::line);
    return text;
  }

  /// What the file of a data source says, with what it includes; empty where it has none.
  public static Optional<DataSourceText> of(String name, List<ProjectFile> files) {
    return new ProjectReader(true).read(files).dataSource(name).map(DataSourceText::of);
  }

  /// Gives it other columns and another engine; what was said of the old ones is gone.
  @CanIgnoreReturnValue
  public DataSourceText table(Schema schema, Map<String, String> engine) {
    statements
        .keySet()
        .removeIf(name ->
            name.startsWith("ENGINE")
                || name.equals("INDEXES")
                || name.equals("FORWARD_QUERY")
                || name.equals("BACKFILL"));
    block("SCHEMA", SchemaText.write(schema));
    engine.forEach(this::line);
    return this;
  }

  /// A data source as a workspace holds it.
  public static DataSourceText of(DataSource source) {
    DataSourceText text = new DataSourceText();
    text.block("DESCRIPTION", source.description());
    text.line("TAGS", String.join(", ", source.tags()));
    text.block("SCHEMA", SchemaText.write(source.schema()));
    text.engine(source.engine());
    text.block(
        "INDEXES", source.indexes().stream().map(Index::sql).collect(Collectors.joining("\n")));
    text.block(
        "EXPECTATIONS",
        source.expectations().stream().map(Expectation::text).collect(Collectors.joining("\n")));
    return text;
  }

  private void engine(Engine engine) {
    line("ENGINE", engine.kind().sql());
    new TreeMap<>(engine.keys()).forEach((key, value) -> line(key.instruction(), value));
    line(
        "ENGINE_SETTINGS",
        engine.settings().entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining(", ")));
  }

  /// Sets an instruction with its value on one line; an empty value takes it away.
  @CanIgnoreReturnValue
  public DataSourceText line(String instruction, String value) {
    String flat = value.strip().replaceAll("\\s*\\R\\s*", " ");
    return set(instruction, flat.isEmpty() ? "" : instruction + " " + quoted(flat) + "\n");
  }

  /// Sets an instruction with a block of lines; an empty text takes it away.
  @CanIgnoreReturnValue
  public DataSourceText block(String instruction, String text) {
    return set(
        instruction,
        text.isBlank()
            ? ""
            : instruction
                + BLOCK
                + text.stripTrailing()
                    .lines()
                    .map(line -> line.isBlank() ? "\n" : "    " + line + "\n")
                    .collect(Collectors.joining()));
  }

  private DataSourceText set(String instruction, String statement) {
    statements.put(instruction, statement);
    return this;
  }

  private static String quoted(String value) {
    if (value.indexOf('"') < 0) {
      return '"' + value + '"';
    }
    return value.indexOf('\'') < 0 ? '\'' + value + '\'' : value;
  }

  /// The text as every file is written, or as it stands where something in it is wrong.
  public String normalized() {
    String text = toString();
    Project read = new ProjectReader(true).read(List.of(new ProjectFile("_.datasource", text)));
    return read.hasErrors() ? text : of(read.dataSources().getFirst()).toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    boolean afterBlock = false;
    for (String statement : statements.values()) {
      boolean block = statement.contains(BLOCK);
      if (!statement.isEmpty()) {
        text.append(!text.isEmpty() && (block || afterBlock) ? "\n" : "").append(statement);
        afterBlock = block;
      }
    }
    return text.toString();
  }
}
