// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.catalog.Finding;
import kinglet.catalog.Monitor;
import kinglet.catalog.PipeKind;
import kinglet.drift.Binning;
import org.junit.jupiter.api.Test;

/// Compares what is read of the files under `datafiles/good` and `datafiles/bad` with the texts
/// beside them. `-Dgolden.update=true` writes the texts anew into the sources.
final class DatafileGoldenTest {
  private static final Path SOURCES = Path.of("src/test/resources/datafiles");

  @Test
  void goodFilesAreReadAsWritten() throws IOException, URISyntaxException {
    Project project = new ProjectReader(false).read(files("good"));
    assertThat(project.findings()).noneMatch(finding -> finding.level() == Finding.Level.ERROR);
    StringBuilder text = new StringBuilder();
    project.dataSources().forEach(file -> text.append(show(file)));
    project.pipes().forEach(file -> text.append(show(file)));
    project.connections().forEach(file -> text.append(show(file)));
    project.monitors().forEach(file -> text.append(show(file)));
    project.findings().forEach(finding -> text.append(show(finding)));
    compare("good.expected", text.toString());
  }

  @Test
  void badFilesAreRefusedWithTheirPlaces() throws IOException, URISyntaxException {
    StringBuilder text = new StringBuilder();
    for (ProjectFile file : files("bad")) {
      Project project = new ProjectReader(false).read(List.of(file));
      assertThat(project.hasErrors()).as(file.path()).isTrue();
      project.findings().forEach(finding -> text.append(show(finding)));
    }
    compare("bad.expected", text.toString());
  }

  /// Of what is read or refused, nothing is without an example here or without a word in the page.
  @Test
  void everyInstructionHasAnExampleAndAWord() throws IOException, URISyntaxException {
    List<ProjectFile> files = new ArrayList<>(files("good"));
    files.addAll(files("bad"));
    String page = Files.readString(Path.of("../docs/reference/datafiles.md"));
    for (FileKind kind : FileKind.values()) {
      for (String instruction : kind.instructions()) {
        // Pipes take the engine of a data source, read by the same code.
        boolean anywhere = instruction.startsWith("ENGINE");
        String texts =
            files.stream()
                .filter(file -> anywhere || List.of(kind.word(), "incl").contains(file.extension()))
                .map(ProjectFile::text)
                .collect(Collectors.joining("\n"));
        assertThat(texts)
            .as(kind + " " + instruction)
            .containsPattern("(?im)^" + instruction + "( |>|$)");
        assertThat(page).as(kind + " " + instruction).containsPattern("\\b" + instruction + "\\b");
      }
    }
  }

  @Test
  void groupsOfOneTopicAreDifferent() {
    String kafka =
        "SCHEMA >\n  a String\nKAFKA_CONNECTION_NAME c\nKAFKA_TOPIC t\nKAFKA_GROUP_ID g\n";
    Project project =
        new ProjectReader(false)
            .read(
                List.of(
                    new ProjectFile("one.datasource", kafka),
                    new ProjectFile("two.datasource", kafka)));
    assertThat(project.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.file()).isEqualTo("two.datasource"))
        .satisfies(finding -> assertThat(finding.message()).contains("'one'").contains("'g'"));
  }

  @Test
  void unknownInstructionsMayBeWarnings() {
    Project project =
        new ProjectReader(true)
            .read(
                List.of(
                    new ProjectFile(
                        "a.datasource",
                        "NEW_THING >\n    with lines\nSCHEMA >\n    a String\nENGINE_NEW x\n")));
    assertThat(project.hasErrors()).isFalse();
    assertThat(project.findings()).hasSize(2).allMatch(f -> f.level() == Finding.Level.WARNING);
    assertThat(project.dataSources().getFirst().columns()).hasSize(1);
  }

  @Test
  void otherFilesArePassedOver() {
    Project project =
        new ProjectReader(false)
            .read(List.of(new ProjectFile("README.md", "# Hi"), new ProjectFile("LICENSE", "x")));
    assertThat(project.findings()).isEmpty();
  }

  @Test
  void schemaTextIsReadBack() throws IOException, URISyntaxException {
    for (DataSourceFile file : new ProjectReader(false).read(files("good")).dataSources()) {
      List<kinglet.type.Column> typed = new ArrayList<>();
      file.columns().stream()
          .filter(column -> column.type() != null)
          .forEach(column -> typed.add(column.typed(Objects.requireNonNull(column.type()))));
      var schema = new kinglet.type.Schema(typed);
      assertThat(SchemaText.read(SchemaText.write(schema))).isEqualTo(schema);
    }
  }

  private static void compare(String name, String actual) throws IOException, URISyntaxException {
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(SOURCES.resolve(name), actual);
    }
    assertThat(actual).isEqualTo(Files.readString(resources().resolve(name)));
  }

  private static List<ProjectFile> files(String folder) throws IOException, URISyntaxException {
    Path root = resources().resolve(folder);
    List<ProjectFile> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        files.add(new ProjectFile(root.relativize(path).toString(), Files.readString(path)));
      }
    }
    return files;
  }

  private static Path resources() throws URISyntaxException {
    return Boolean.getBoolean("golden.update")
        ? SOURCES
        : Path.of(
            Objects.requireNonNull(DatafileGoldenTest.class.getResource("/datafiles")).toURI());
  }

  private static String show(DataSourceFile file) {
    StringBuilder text =
        new StringBuilder("=== data source " + file.name() + " " + file.path() + "\n");
    line(text, "description", file.description().replace("\n", "\\n"));
    for (ColumnFile column : file.columns()) {
      line(
          text,
          "column",
          column.name()
              + " | "
              + (column.type() == null ? "-" : column.type().sql())
              + " | "
              + column.jsonPath()
              + " | "
              + column.defaultExpression()
              + " | "
              + column.codec()
              + " @"
              + column.place().line()
              + ":"
              + column.place().column());
    }
    line(text, "engine", file.engine().kind().sql());
    new TreeMap<>(file.engine().keys())
        .forEach((key, value) -> line(text, key.instruction(), value));
    file.engine().settings().forEach((key, value) -> line(text, "setting", key + " = " + value));
    file.indexes().forEach(index -> line(text, "index", index.sql()));
    file.tokens().forEach(token -> line(text, "token", token.token() + " " + token.permission()));
    line(text, "tags", file.tags().toString());
    line(text, "shared with", file.sharedWith().toString());
    line(text, "forward query", file.forwardQuery().orElse(""));
    line(text, "backfill", Boolean.toString(file.backfill()));
    new TreeMap<>(file.settings()).forEach((key, value) -> line(text, key, value));
    return text.toString();
  }

  private static String show(PipeFile file) {
    StringBuilder text = new StringBuilder("=== pipe " + file.name() + " " + file.path() + "\n");
    line(text, "description", file.description());
    for (NodeFile node : file.nodes()) {
      line(
          text,
          "node",
          node.name()
              + " | "
              + node.description()
              + " @"
              + node.sqlPlace().line()
              + ":"
              + node.sqlPlace().column());
      node.sql().lines().forEach(line -> text.append("    |").append(line).append('\n'));
    }
    line(
        text,
        "kind",
        file.kind() instanceof PipeKind.Sink sink
            ? "Sink " + sink.node() + " " + new TreeMap<>(sink.settings())
            : file.kind().toString());
    file.targetEngine()
        .ifPresent(engine ->
            line(text, "target", engine.kind().sql() + " " + new TreeMap<>(engine.keys())));
    file.tokens().forEach(token -> line(text, "token", token.token() + " " + token.permission()));
    line(text, "tags", file.tags().toString());
    return text.toString();
  }

  private static String show(ConnectionFile file) {
    StringBuilder text =
        new StringBuilder("=== connection " + file.name() + " " + file.type() + "\n");
    new TreeMap<>(file.settings())
        .forEach((key, value) -> line(text, key, value.replace("\n", "\\n")));
    return text.toString();
  }

  private static String show(MonitorFile file) {
    Monitor monitor = file.monitor();
    StringBuilder text =
        new StringBuilder("=== monitor " + monitor.name() + " of " + monitor.features() + "\n");
    line(text, "description", monitor.description());
    line(text, "reference", monitor.reference().toString());
    line(text, "window", monitor.window() + ", at least " + monitor.valuesMin());
    line(text, "schedule", monitor.schedule().orElse("on demand"));
    line(text, "webhook", monitor.webhook().orElse(""));
    line(text, "webhook secret", monitor.webhookSecret().orElse(""));
    for (int i = 0; i < monitor.watches().size(); i++) {
      Monitor.Watch watch = monitor.watches().get(i);
      Place place = file.watchPlaces().get(i);
      line(
          text,
          watch.feature(),
          watch.distance().word()
              + " > "
              + watch.threshold()
              + " "
              + (watch.split() instanceof Monitor.Split.Numbers(Binning.Given(double[] edges))
                  ? Arrays.toString(edges)
                  : watch.split().toString())
              + " @"
              + place.line()
              + ":"
              + place.column());
    }
    return text.toString();
  }

  private static String show(Finding finding) {
    return "--- " + finding.level() + " " + finding.file() + "\n" + finding.text() + "\n";
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("  ").append((name + ": " + value).stripTrailing()).append('\n');
  }
}
