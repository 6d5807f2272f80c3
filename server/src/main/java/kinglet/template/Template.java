// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Map;
import kinglet.error.PlatformException;

/// A text that becomes SQL with the arguments of a call. Immutable.
public final class Template {
  /// What stands in checked SQL for a name or text that has no default.
  public static final String NO_VALUE = "__no_value__";

  private static final int LITERAL_MARK = '%';

  private final String source;
  private final boolean literal;
  private final List<Part> parts;
  private final List<TemplateParameter> parameters;
  private final Map<String, ParameterType> arrays;
  private final List<String> required;
  private final List<String> warnings;

  private Template(String source, boolean literal, List<Part> parts, Discovery discovery) {
    this.source = source;
    this.literal = literal;
    this.parts = parts;
    this.parameters = discovery.parameters();
    this.arrays = discovery.arrays();
    this.required = discovery.withoutDefault();
    this.warnings = discovery.warnings();
  }

  /// Reads the SQL of a node: a text whose first character is `%` is a template, any other stays as
  /// it is.
  public static Template parse(String nodeSql) {
    if (nodeSql.length() > Limits.SOURCE_CHARS_MAX) {
      throw TemplateFailures.syntax(
          1, "the template is longer than " + Limits.SOURCE_CHARS_MAX + " characters");
    }
    int start = 0;
    while (start < nodeSql.length() && Character.isWhitespace(nodeSql.charAt(start))) {
      start++;
    }
    boolean template = start < nodeSql.length() && nodeSql.charAt(start) == LITERAL_MARK;
    if (!template) {
      return new Template(nodeSql, true, List.of(), new Discovery());
    }
    String text = nodeSql.substring(0, start) + nodeSql.substring(start + 1);
    List<Part> parts = TemplateParser.parse(text);
    Discovery discovery = new Discovery();
    discovery.walk(parts);
    return new Template(text, false, parts, discovery);
  }

  /// The parameters of several templates that share their arguments, each once.
  public static List<TemplateParameter> parameters(List<Template> templates) {
    Discovery discovery = new Discovery();
    templates.forEach(template -> discovery.walkApart(template.parts));
    return discovery.parameters();
  }

  /// Whether the text has no tags to render.
  public boolean literal() {
    return literal;
  }

  /// Whether all it renders for calls are values of parameters: the SQL around them is the same.
  public boolean takesValues() {
    return parts.stream().allMatch(Template::isValue);
  }

  private static boolean isValue(Part part) {
    return part instanceof Part.Literal
        || part instanceof Part.Write(Expression.Call call, String _, int _)
            && call.function() == TemplateFunction.TYPED;
  }

  /// The parameters it uses, in the order of their first use.
  public List<TemplateParameter> parameters() {
    return parameters;
  }

  /// What a deployment should say about it: parameters with names the platform uses itself.
  public List<String> warnings() {
    return warnings;
  }

  /// The SQL for the arguments.
  public Rendered render(Arguments arguments, RenderMode mode) {
    if (literal) {
      return new Rendered(source, Map.of(), Map.of());
    }
    Evaluator evaluator = new Evaluator(arguments, mode, arrays, required);
    Rendered rendered = rendered(evaluator, mode);
    if (mode == RenderMode.CHECK && rendered.sql().isBlank()) {
      throw TemplateFailures.evaluation("Template renders to an empty query without parameters");
    }
    return rendered;
  }

  private Rendered rendered(Evaluator evaluator, RenderMode mode) {
    Renderer renderer = new Renderer(evaluator);
    try {
      return renderer.render(parts);
    } catch (PlatformException e) {
      if (mode == RenderMode.RENDER) {
        throw e;
      }
      // A check says where in the file to look.
      String line = Integer.toString(renderer.line());
      throw new PlatformException(e.code(), e.text(), Map.of("line", line), e);
    }
  }
}
