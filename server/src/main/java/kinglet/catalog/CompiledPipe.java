// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;
import kinglet.sql.ReferenceKind;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;
import kinglet.template.Arguments;
import kinglet.template.RenderMode;
import kinglet.template.Rendered;
import kinglet.template.Template;
import kinglet.template.TemplateParameter;
import org.jspecify.annotations.Nullable;

/// A pipe whose templates are parsed, ready to become one query.
///
/// Nodes it names are nested as subqueries, other pipes are put in by their output, data sources
/// are qualified with their database.
public final class CompiledPipe {
  private final Pipe pipe;
  private final Names names;
  private final Map<String, Parsed> templates = new HashMap<>();
  private final List<TemplateParameter> parameters;

  /// @param names what the names in its nodes stand for
  public CompiledPipe(Pipe pipe, Names names) {
    this.pipe = pipe;
    this.names = names;
    List<Template> parsed = new ArrayList<>();
    for (Node node : pipe.nodes()) {
      Parsed template = Parsed.of(node.sql());
      templates.put(node.name(), template);
      Optional.ofNullable(template.template()).ifPresent(parsed::add);
    }
    this.parameters = Template.parameters(parsed);
  }

  public Pipe pipe() {
    return pipe;
  }

  public String name() {
    return pipe.name();
  }

  /// The parameters of all its nodes, each once.
  public List<TemplateParameter> parameters() {
    return parameters;
  }

  /// The parameters of one node.
  public List<TemplateParameter> parameters(String node) {
    Template template = parsed(node).template();
    return template == null ? List.of() : template.parameters();
  }

  /// What a deployment should say about the template of a node.
  public List<String> warnings(String node) {
    return parsed(node).get().warnings();
  }

  /// Whether the SQL of a node is the same for every call, but for values in it.
  public boolean takesValues(String node) {
    Template template = parsed(node).template();
    return template != null && template.takesValues();
  }

  /// The query of its output for one call.
  public CompiledQuery compile(Arguments arguments) {
    return compile(pipe.kind().node(), arguments);
  }

  /// The query of any of its nodes for one call.
  public CompiledQuery compile(String node, Arguments arguments) {
    return new Nesting(names, (from, one) -> from.render(one, arguments, RenderMode.RENDER))
        .compile(this, node);
  }

  /// The query of a node as a deployment checks it: parameters have placeholder values.
  public CompiledQuery build(String node) {
    return build(node, names);
  }

  /// The same, with names that stand for other tables.
  public CompiledQuery build(String node, Names other) {
    return new Nesting(other, (from, one) -> from.render(one, Arguments.NONE, RenderMode.CHECK))
        .compile(this, node);
  }

  /// The query of a node alone as a deployment checks it: what it names is left as it is.
  public CompiledQuery buildAlone(String node) {
    return pipe.node(node)
        .map(found -> render(found, Arguments.NONE, RenderMode.CHECK))
        .orElseThrow();
  }

  /// What the SQL of a node names: tables, pipes and other nodes; none when it cannot be rendered.
  public List<String> dependencies(String node) {
    try {
      return SqlReferences.of(buildAlone(node).sql()).tables().stream()
          .filter(table -> table.kind() != ReferenceKind.IN_OPERAND)
          .map(TableReference::text)
          .distinct()
          .toList();
    } catch (PlatformException _) {
      return List.of();
    }
  }

  private CompiledQuery render(Node node, Arguments arguments, RenderMode mode) {
    Rendered rendered = parsed(node.name()).get().render(arguments, mode);
    return new CompiledQuery(rendered.sql(), rendered.queryParameters(), rendered.hints());
  }

  private Parsed parsed(String node) {
    return Optional.ofNullable(templates.get(node)).orElseThrow();
  }

  /// A template, or why the text is none: a pipe with a broken node can still be looked at.
  private record Parsed(@Nullable Template template, @Nullable PlatformException failure) {
    static Parsed of(String sql) {
      try {
        return new Parsed(Template.parse(sql), null);
      } catch (PlatformException e) {
        return new Parsed(null, e);
      }
    }

    Template get() {
      if (failure != null) {
        throw new PlatformException(failure.code(), failure.text(), failure.details(), failure);
      }
      return Optional.ofNullable(template).orElseThrow();
    }
  }
}
