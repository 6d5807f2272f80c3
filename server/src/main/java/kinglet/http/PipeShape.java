// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.Node;
import kinglet.catalog.PausedCopies;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.template.TemplateParameter;
import org.jspecify.annotations.Nullable;

/// The pipes of a workspace as the compatible routes show them.
///
/// @param files those of the live deployment
/// @param authors who deployed, by when
record PipeShape(
    Resources resources,
    ProjectEdit files,
    Map<Instant, String> authors,
    PausedCopies paused,
    String origin) {
  static PipeShape of(
      Deployments deployments, PausedCopies paused, Resources resources, String origin) {
    return new PipeShape(
        resources,
        ProjectEdit.of(deployments.files(resources.workspace())),
        deployments.authors(resources.workspace()),
        paused,
        origin);
  }

  Map<String, Object> pipe(CompiledPipe compiled) {
    return pipe(compiled, Attributes.ALL);
  }

  Map<String, Object> pipe(CompiledPipe compiled, Attributes nodeAttributes) {
    Pipe pipe = compiled.pipe();
    Optional<ProjectFile> file = files.file(FileKind.PIPE, pipe.name());
    String path = file.map(ProjectFile::path).orElse("");
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", pipe.id());
    shape.put("name", pipe.name());
    shape.put("description", pipe.description());
    shape.put("type", pipe.kind().type());
    shape.put("endpoint", pipe.endpoint() ? outputId(pipe) : null);
    shape.put("nodes", nodes(compiled, nodeAttributes));
    shape.put("params", parameters(compiled.parameters()));
    shape.put("url", pipe.endpoint() ? origin + "/v0/pipes/" + pipe.name() + ".json" : null);
    shape.put("path", path);
    shape.put("content", file.map(ProjectFile::text).orElse(""));
    shape.put("parent", null);
    shape.put("edited_by", authors.get(pipe.updatedAt()));
    shape.put("last_commit", Map.of("content_sha", "", "path", path, "status", "ok"));
    shape.put("tags", pipe.tags().isEmpty() ? Map.of() : Map.of("filtering_tags", pipe.tags()));
    shape.put("workspace_id", pipe.workspaceId());
    Optional<PipeKind.Copy> copy =
        pipe.kind() instanceof PipeKind.Copy found ? Optional.of(found) : Optional.empty();
    shape.put("copy_node", copy.isPresent() ? outputId(pipe) : null);
    shape.put("copy_target_datasource", copy.map(this::targetDataSource).orElse(null));
    shape.put(
        "copy_target_workspace",
        copy.map(one ->
                one.elsewhere().map(PipeKind.Elsewhere::workspace).orElse(pipe.workspaceId()))
            .orElse(null));
    shape.put("sink_node", pipe.kind() instanceof PipeKind.Sink ? outputId(pipe) : null);
    shape.put("schedule", schedule(pipe));
    shape.put("created_at", Times.text(pipe.createdAt()));
    shape.put("updated_at", Times.text(pipe.updatedAt()));
    return shape;
  }

  /// The id of the data source; the name where another workspace has it.
  private String targetDataSource(PipeKind.Copy copy) {
    return resources
        .dataSource(copy.dataSource())
        .filter(_ -> copy.elsewhere().isEmpty())
        .map(DataSource::publicId)
        .orElse(copy.dataSource());
  }

  /// When a pipe runs by itself; null when somebody has to ask.
  private @Nullable Map<String, Object> schedule(Pipe pipe) {
    return switch (pipe.kind()) {
      case PipeKind.Copy copy when copy.schedule().isPresent() ->
          schedule(
              copy.schedule().get(),
              copy.timezone().orElse("UTC"),
              paused.contains(pipe) ? "paused" : "running");
      case PipeKind.Sink sink
          when !sink.settings().getOrDefault("EXPORT_SCHEDULE", "@").startsWith("@") ->
          schedule(sink.settings().getOrDefault("EXPORT_SCHEDULE", ""), "UTC", "not available yet");
      default -> null;
    };
  }

  private static Map<String, Object> schedule(String cron, String timezone, String status) {
    return Map.of("cron", cron, "timezone", timezone, "status", status);
  }

  private static @Nullable String outputId(Pipe pipe) {
    Optional<Node> node = pipe.node(pipe.kind().node());
    return node.isPresent() ? node.get().id() : null;
  }

  private static List<Map<String, Object>> nodes(CompiledPipe compiled, Attributes attributes) {
    Pipe pipe = compiled.pipe();
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (Node node : pipe.nodes()) {
      nodes.add(attributes.of(node(compiled, node)));
    }
    return nodes;
  }

  /// One node of a pipe.
  static Map<String, Object> node(CompiledPipe compiled, String name) {
    return node(compiled, compiled.pipe().node(name).orElseThrow());
  }

  private static Map<String, Object> node(CompiledPipe compiled, Node node) {
    Pipe pipe = compiled.pipe();
    boolean output = node.name().equals(pipe.kind().node());
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", node.id());
    shape.put("name", node.name());
    shape.put("sql", node.sql());
    shape.put("description", node.description());
    shape.put("node_type", output ? pipe.kind().type() : "standard");
    shape.put(
        "materialized",
        output && pipe.kind() instanceof PipeKind.Materialized view ? view.dataSource() : null);
    shape.put("params", parameters(compiled.parameters(node.name())));
    shape.put("dependencies", compiled.dependencies(node.name()));
    shape.put("tags", Map.of());
    shape.put("cluster", null);
    shape.put("version", 0);
    shape.put("project", null);
    shape.put("deployment_suffix", "");
    shape.put("ignore_sql_errors", false);
    shape.put("result", null);
    shape.put("created_at", Times.text(pipe.createdAt()));
    shape.put("updated_at", Times.text(pipe.updatedAt()));
    return shape;
  }

  private static List<Map<String, Object>> parameters(List<TemplateParameter> parameters) {
    List<Map<String, Object>> shapes = new ArrayList<>();
    for (TemplateParameter parameter : parameters) {
      Map<String, Object> shape = new LinkedHashMap<>();
      shape.put("name", parameter.name());
      shape.put("type", parameter.type());
      shape.put("default", parameter.defaultValue().orElse(null));
      shape.put("required", parameter.required());
      parameter.description().ifPresent(text -> shape.put("description", text));
      if (!parameter.enumValues().isEmpty()) {
        shape.put("enum", parameter.enumValues());
      }
      parameter.example().ifPresent(example -> shape.put("example", example));
      parameter.format().ifPresent(format -> shape.put("format", format));
      parameter.usedIn().ifPresent(use -> shape.put("used_in", use));
      shapes.add(shape);
    }
    return shapes;
  }
}
