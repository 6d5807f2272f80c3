// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import kinglet.catalog.Finding;
import kinglet.catalog.Monitor;
import kinglet.catalog.PipeKind;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.Snapshot;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.NodeFile;
import kinglet.catalog.datafile.PipeFile;
import kinglet.catalog.datafile.Place;
import kinglet.catalog.datafile.Project;
import kinglet.error.PlatformException;
import kinglet.sql.FunctionCall;
import kinglet.sql.FunctionRules;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;
import kinglet.template.Arguments;
import kinglet.template.RenderMode;
import kinglet.template.Rendered;
import kinglet.template.Template;

/// Checks that every name a project uses is there and means one thing.
final class ReferenceCheck {
  private final Project project;
  private final Findings findings;
  private final Predicate<String> secrets;
  private final BiPredicate<String, String> shared;

  /// Kind of each name, for messages.
  private final Map<String, String> kinds = new TreeMap<>();

  /// @param secrets whether there is a secret of a name
  /// @param shared whether there is a snapshot of a name, or a workspace shares a data source
  ReferenceCheck(
      Project project,
      Findings findings,
      Predicate<String> secrets,
      BiPredicate<String, String> shared) {
    this.project = project;
    this.findings = findings;
    this.secrets = secrets;
    this.shared = shared;
    project.dataSources().forEach(file -> kinds.put(file.name(), "data source"));
    project.pipes().forEach(file -> kinds.put(file.name(), "pipe"));
    project.connections().forEach(file -> kinds.put(file.name(), "connection"));
  }

  void run() {
    project.dataSources().forEach(this::dataSource);
    project.pipes().forEach(this::pipe);
    project.pipes().forEach(this::target);
    project.connections().forEach(file -> secrets(file.settings(), file::place));
    project
        .monitors()
        .forEach(file -> {
          Monitor monitor = file.monitor();
          monitor.webhook().ifPresent(text -> secrets(Map.of("WEBHOOK", text), file::place));
          monitor
              .webhookSecret()
              .ifPresent(text -> secrets(Map.of("WEBHOOK_SECRET", text), file::place));
        });
  }

  /// Settings may hold `{{ tb_secret("name") }}`, whose secrets must be there.
  private void secrets(Map<String, String> settings, Function<String, Place> place) {
    settings.forEach((instruction, value) -> {
      if (value.contains("{{")) {
        Set<String> missing = new TreeSet<>();
        Arguments given =
            Arguments.NONE.withSecrets(name -> {
              Optional<String> found = Optional.of(name).filter(secrets);
              if (found.isEmpty()) {
                boolean _ = missing.add(name);
              }
              return found;
            });
        try {
          Rendered _ = Template.parse("%" + value).render(given, RenderMode.RENDER);
        } catch (PlatformException e) {
          findings.error(
              place.apply(instruction),
              instruction
                  + ": "
                  + missing.stream()
                      .findFirst()
                      .map(name ->
                          "the secret '"
                              + name
                              + "' does not exist in the workspace: set it, or give tb_secret a"
                              + " default")
                      .orElse(e.text()));
        }
      }
    });
  }

  private void dataSource(DataSourceFile file) {
    secrets(file.settings(), file::place);
    if (file.name().endsWith("_quarantine")
        && kinds.containsKey(file.name().substring(0, file.name().length() - 11))) {
      findings.add(
          Finding.error(
              file.path(),
              "The name '" + file.name() + "' belongs to the quarantine of another data source"));
    }
    for (String setting : List.of("KAFKA_CONNECTION_NAME", "IMPORT_CONNECTION_NAME")) {
      Optional.ofNullable(file.settings().get(setting))
          .ifPresent(name -> connection(name, file.place(setting)));
    }
    Optional<String> ofConnection =
        file.settings().keySet().stream()
            .filter(setting -> !setting.startsWith("WEBHOOK"))
            .min(Comparator.naturalOrder());
    if (ofConnection.isPresent()) {
      findings.warning(
          file.place(ofConnection.get()),
          "Reading from connections is not available yet: the settings of '"
              + file.name()
              + "' are kept, but no rows will come in this way");
    }
  }

  private void connection(String name, Place place) {
    if (!"connection".equals(kinds.get(name))) {
      findings.error(
          place, "The connection '" + name + "' does not exist: add " + name + ".connection");
    }
  }

  private void target(PipeFile pipe) {
    Optional<String> target =
        switch (pipe.kind()) {
          case PipeKind.Materialized view -> Optional.of(view.dataSource());
          case PipeKind.Copy copy -> {
            copy.elsewhere()
                .filter(one -> !secrets.test(one.secret()))
                .ifPresent(one ->
                    findings.error(
                        pipe.kindPlace(),
                        "TARGET_TOKEN: the secret '"
                            + one.secret()
                            + "' does not exist in the workspace: set it"));
            // What is in another workspace is looked at when the copy runs, by its token.
            yield copy.elsewhere().isPresent() ? Optional.empty() : Optional.of(copy.dataSource());
          }
          case PipeKind.Sink sink -> {
            secrets(sink.settings(), _ -> pipe.kindPlace());
            Optional.ofNullable(sink.settings().get("EXPORT_CONNECTION_NAME"))
                .ifPresent(name -> connection(name, pipe.kindPlace()));
            yield Optional.empty();
          }
          case PipeKind.Plain _, PipeKind.Endpoint _, PipeKind.Features _ -> Optional.empty();
        };
    boolean described = pipe.targetEngine().isPresent();
    if (target.isPresent() && !"data source".equals(kinds.get(target.get())) && !described) {
      findings.error(
          pipe.kindPlace(),
          "The data source '"
              + target.get()
              + "' does not exist: add "
              + target.get()
              + ".datasource");
    }
    if (pipe.kind() instanceof PipeKind.Sink) {
      findings.warning(
          pipe.kindPlace(),
          "Running sinks is not available yet: '" + pipe.name() + "' is kept, but does not run");
    }
  }

  private void pipe(PipeFile pipe) {
    Set<String> own = new HashSet<>();
    pipe.nodes().forEach(node -> own.add(node.name()));
    for (NodeFile node : pipe.nodes()) {
      String kind = kinds.get(node.name());
      boolean ownName = pipe.kind() instanceof PipeKind.Features && node.name().equals(pipe.name());
      if (kind != null && !ownName) {
        findings.error(
            node.place(),
            "The node '"
                + node.name()
                + "' is called like a "
                + kind
                + ": names of nodes must differ from those");
      }
      if (!node.sql().startsWith("%") && !(pipe.kind() instanceof PipeKind.Features)) {
        literal(node, own);
      }
    }
  }

  private void literal(NodeFile node, Set<String> own) {
    SqlReferences references;
    try {
      references = SqlReferences.of(node.sql());
    } catch (PlatformException e) {
      findings.error(node.sqlPlace(), e.text());
      return;
    }
    check(node, references, own, true);
  }

  /// Checks the names and functions of a node's SQL.
  ///
  /// @param literal whether offsets in `references` are offsets in the node's own text
  void check(NodeFile node, SqlReferences references, Set<String> own, boolean literal) {
    for (TableReference table : references.tables()) {
      unknown(table, node, own)
          .ifPresent(message ->
              findings.error(literal ? node.placeOf(table.offset()) : node.sqlPlace(), message));
    }
    for (FunctionCall function : references.tableFunctions()) {
      if (!FunctionRules.allowsTableFunction(function.name())) {
        findings.error(
            literal ? node.placeOf(function.offset()) : node.sqlPlace(),
            "The table function '" + function.name() + "' is not allowed");
      }
    }
    for (FunctionCall function : references.functions()) {
      if (!FunctionRules.allows(function.name())) {
        findings.error(
            literal ? node.placeOf(function.offset()) : node.sqlPlace(),
            "The function '" + function.name() + "' is not known or not allowed");
      }
    }
  }

  private Optional<String> unknown(TableReference table, NodeFile node, Set<String> own) {
    String name = table.name();
    if (table.database().isPresent()) {
      String schema = table.database().get();
      if (ServiceDataSource.find(schema, name).isPresent() || shared.test(schema, name)) {
        return Optional.empty();
      }
      return Optional.of(
          ServiceDataSource.isSchema(schema)
              ? ServiceDataSource.unknown(table.text())
              : "'"
                  + table.text()
                  + (schema.equals(Snapshot.SCHEMA)
                      ? "' cannot be read: the workspace has no snapshot of that name"
                      : "' cannot be read: name a data source, a pipe, a node, or what another"
                          + " workspace shares with this one"));
    }
    boolean ownNode = own.contains(name) && !name.equals(node.name());
    String quarantined = name.endsWith("_quarantine") ? name.substring(0, name.length() - 11) : "";
    String kind = kinds.get(name);
    boolean known =
        ownNode
            || "data source".equals(kind)
            || "pipe".equals(kind)
            || "data source".equals(kinds.get(quarantined))
            || describedTarget(name)
            || name.equals(Template.NO_VALUE);
    if (known) {
      return Optional.empty();
    }
    if (name.equals(node.name())) {
      return Optional.of("The node '" + name + "' reads itself");
    }
    return Optional.of(
        "Resource '" + name + "' not found: there is no data source, pipe or node of that name");
  }

  private boolean describedTarget(String name) {
    return project.pipes().stream()
        .anyMatch(pipe ->
            pipe.targetEngine().isPresent()
                && pipe.kind() instanceof PipeKind.Materialized view
                && view.dataSource().equals(name));
  }
}
