// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKey;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Expectation;
import kinglet.catalog.Index;

/// Reads one `.datasource` file.
final class DataSourceReader {
  private static final Set<String> PERMISSIONS = new LinkedHashSet<>(List.of("READ", "APPEND"));
  private static final Set<String> REPEATABLE = Set.of("TOKEN", "VERSION");

  private final ProjectFile file;
  private final Findings findings;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<EngineKey, String> keys = new HashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<TokenLine> tokens = new ArrayList<>();
  private String description = "";
  private List<ColumnFile> columns = List.of();
  private EngineKind engine = EngineKind.MERGE_TREE;
  private Map<String, String> engineSettings = Map.of();
  private List<Index> indexes = List.of();
  private List<String> tags = List.of();
  private List<String> sharedWith = List.of();
  private Optional<String> forwardQuery = Optional.empty();
  private List<ExpectationFile> expectations = List.of();
  private boolean backfill = true;

  DataSourceReader(ProjectFile file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  DataSourceFile read(List<Statement> statements) {
    for (Statement statement : statements) {
      try {
        String instruction = statement.instruction();
        if (places.put(instruction, statement.place()) != null
            && !REPEATABLE.contains(instruction)) {
          throw new DatafileProblem(statement.place(), instruction + " stands twice");
        }
        apply(statement);
      } catch (DatafileProblem problem) {
        findings.error(problem.place(), problem.text());
      }
    }
    Place start = new Place(file.path(), 1, 1);
    if (!places.containsKey("SCHEMA")) {
      findings.error(start, "SCHEMA is mandatory");
    }
    checkJsonPaths();
    checkWebhook();
    DataSourceConnections.check(file.path(), settings, places, findings);
    return new DataSourceFile(
        file.path(),
        file.resourceName(),
        description,
        columns,
        new Engine(engine, keys, engineSettings),
        indexes,
        tokens,
        tags,
        sharedWith,
        forwardQuery,
        backfill,
        expectations,
        settings,
        places);
  }

  private void apply(Statement statement) {
    String instruction = statement.instruction();
    switch (instruction) {
      case "DESCRIPTION" -> description = statement.value();
      case "SCHEMA" -> columns = schema(statement);
      case "TOKEN" -> tokens.add(Values.token(statement, PERMISSIONS));
      case "ENGINE" -> engine = engine(statement);
      case "ENGINE_SETTINGS" -> engineSettings = TableOptions.settings(statement);
      case "INDEXES" -> indexes = indexes(statement);
      case "FORWARD_QUERY" -> forwardQuery = Optional.of(forwardQuery(statement));
      case "SHARED_WITH" -> sharedWith = sharedWith(statement);
      case "EXPECTATIONS" -> expectations = new ExpectationsReader().read(statement);
      case WebhookAddress.INSTRUCTION -> settings.put(instruction, WebhookAddress.read(statement));
      case WebhookAddress.SECRET -> settings.put(instruction, WebhookAddress.secret(statement));
      case "TAGS" -> tags = Values.list(statement.value());
      case "BACKFILL" -> {
        var _ = Values.oneOf(statement, "skip");
        backfill = false;
      }
      case "VERSION" -> findings.warning(statement.place(), "VERSION is deprecated; it is ignored");
      case "SOURCE", "MAINTAINER" ->
          throw new DatafileProblem(statement.place(), instruction + " is no longer supported");
      case "INCLUDE" ->
          throw new DatafileProblem(statement.place(), "INCLUDE must start in the first column");
      default ->
          EngineKey.find(instruction)
              .ifPresentOrElse(
                  key -> keys.put(key, statement.value()),
                  () -> DataSourceConnections.read(statement, settings, findings));
    }
  }

  /// Rows that fail a CHECK are counted; only these alert.
  private void checkWebhook() {
    WebhookAddress.checkSecret(places, findings);
    Place place = places.get(WebhookAddress.INSTRUCTION);
    boolean read = !expectations.isEmpty() || !places.containsKey("EXPECTATIONS");
    if (place != null
        && read
        && expectations.stream().allMatch(one -> one.expectation() instanceof Expectation.Check)) {
      findings.error(
          place,
          WebhookAddress.INSTRUCTION
              + " is told when rows are too old or too few: say what is expected as FRESHNESS or"
              + " VOLUME in EXPECTATIONS");
    }
  }

  private static List<ColumnFile> schema(Statement statement) {
    Statement.Block block = statement.block();
    if (block == null) {
      block =
          new Statement.Block(
              List.of(
                  new SourceLine(
                      statement.rest().place().path(),
                      statement.rest().place().line(),
                      " ".repeat(statement.rest().place().column() - 1) + statement.value())));
    }
    List<ColumnFile> columns =
        block.trimmed().isEmpty() ? List.of() : new SchemaReader(block).read();
    if (columns.isEmpty()) {
      throw new DatafileProblem(statement.place(), "SCHEMA needs at least one column");
    }
    return columns;
  }

  static EngineKind engine(Statement statement) {
    String name = Values.required(statement);
    return EngineKind.find(name)
        .orElseThrow(() ->
            new DatafileProblem(
                statement.rest().place(),
                "The engine '"
                    + name
                    + "' is not one of "
                    + String.join(
                        ", ",
                        java.util.Arrays.stream(EngineKind.values())
                            .map(EngineKind::sql)
                            .toList())));
  }

  private static List<Index> indexes(Statement statement) {
    Statement.Block block = statement.block();
    if (block == null) {
      throw new DatafileProblem(statement.place(), "INDEXES must be multiline: INDEXES >");
    }
    return TableOptions.indexes(block);
  }

  private static String forwardQuery(Statement statement) {
    String query = Values.required(statement).strip();
    if (!query.regionMatches(true, 0, "SELECT", 0, "SELECT".length())) {
      throw new DatafileProblem(
          statement.place(), "FORWARD_QUERY is a select list: SELECT a, CAST(b, 'UUID') AS b");
    }
    return query;
  }

  private static List<String> sharedWith(Statement statement) {
    List<String> workspaces = Values.list(statement.value());
    if (workspaces.isEmpty()) {
      throw new DatafileProblem(statement.place(), "SHARED_WITH needs at least one workspace");
    }
    return workspaces;
  }

  private void checkJsonPaths() {
    long with = columns.stream().filter(column -> column.jsonPath() != null).count();
    if (with > 0 && with < columns.size()) {
      // A column that is only computed needs no path.
      columns.stream()
          .filter(column -> column.jsonPath() == null && column.defaultExpression() == null)
          .findFirst()
          .ifPresent(column ->
              findings.error(
                  column.place(),
                  "The column '"
                      + column.name()
                      + "' has no JSON path while others have one: give all of them one, or"
                      + " none"));
    }
  }
}
