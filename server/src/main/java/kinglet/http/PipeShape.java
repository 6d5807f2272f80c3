// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Node;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.template.TemplateParameter;
import org.jspecify.annotations.Nullable;

/// A pipe as the compatible routes show it.
final class PipeShape {
  private PipeShape() {}

  static Map<String, Object> of(CompiledPipe compiled, String origin) {
    return of(compiled, origin, Attributes.ALL);
  }

  static Map<String, Object> of(CompiledPipe compiled, String origin, Attributes nodeAttributes) {
    Pipe pipe = compiled.pipe();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", pipe.id());
    shape.put("name", pipe.name());
    shape.put("description", pipe.description());
    shape.put("type", pipe.kind().type());
    shape.put("endpoint", pipe.endpoint() ? outputId(pipe) : null);
    shape.put("nodes", nodes(compiled, nodeAttributes));
    shape.put("params", parameters(compiled.parameters()));
    shape.put("url", pipe.endpoint() ? origin + "/v0/pipes/" + pipe.name() + ".json" : null);
    shape.put("parent", null);
    shape.put("tags", pipe.tags().isEmpty() ? Map.of() : Map.of("filtering_tags", pipe.tags()));
    shape.put("workspace_id", pipe.workspaceId());
    boolean copies = pipe.kind() instanceof PipeKind.Copy;
    shape.put("copy_node", copies ? outputId(pipe) : null);
    shape.put(
        "copy_target_datasource",
        pipe.kind() instanceof PipeKind.Copy copy ? copy.dataSource() : null);
    shape.put("copy_target_workspace", copies ? pipe.workspaceId() : null);
    shape.put("sink_node", pipe.kind() instanceof PipeKind.Sink ? outputId(pipe) : null);
    shape.put("created_at", Times.text(pipe.createdAt()));
    shape.put("updated_at", Times.text(pipe.updatedAt()));
    return shape;
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
