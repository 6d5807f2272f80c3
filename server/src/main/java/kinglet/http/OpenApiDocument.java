// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Resources;
import kinglet.template.TemplateParameter;

/// Endpoints as an OpenAPI 3.1 document.
///
/// @param origin the address clients reach this server by
record OpenApiDocument(Resources resources, String origin) {
  private static final int LARGEST_BOUND_BITS = 32;

  Map<String, Object> of(Collection<CompiledPipe> pipes) {
    Map<String, Object> paths = new LinkedHashMap<>();
    for (CompiledPipe pipe : pipes) {
      paths.put("/v0/pipes/" + pipe.name() + ".json", Map.of("get", operation(pipe)));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        Map.of(
            "title",
            resources.workspace().name(),
            "version",
            Long.toString(resources.deployment())));
    document.put("servers", List.of(Map.of("url", origin)));
    document.put("security", List.of(Map.of("bearer", List.of()), Map.of("token", List.of())));
    document.put("paths", paths);
    document.put("components", components());
    return document;
  }

  private static Map<String, Object> operation(CompiledPipe pipe) {
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("operationId", pipe.name());
    operation.put("summary", pipe.name());
    if (!pipe.pipe().description().isBlank()) {
      operation.put("description", pipe.pipe().description());
    }
    if (!pipe.pipe().tags().isEmpty()) {
      operation.put("tags", pipe.pipe().tags());
    }
    operation.put(
        "parameters", pipe.parameters().stream().map(OpenApiDocument::parameter).toList());
    Map<String, Object> responses = new LinkedHashMap<>();
    responses.put("200", response("The rows.", "Answer"));
    responses.put("400", response("A parameter is missing or wrong, or the query fails.", "Error"));
    responses.put("403", response("The token does not allow it.", "Error"));
    responses.put("404", response("There is no such endpoint.", "Error"));
    responses.put("408", response("The query took longer than it may.", "Error"));
    responses.put("429", response("The token sent more requests than it may.", "Error"));
    operation.put("responses", responses);
    return operation;
  }

  private static Map<String, Object> response(String description, String schema) {
    return Map.of(
        "description",
        description,
        "content",
        Map.of(
            "application/json",
            Map.of("schema", Map.of("$ref", "#/components/schemas/" + schema))));
  }

  private static Map<String, Object> parameter(TemplateParameter parameter) {
    Type type = Type.of(parameter.type());
    Map<String, Object> schema = type.schema();
    parameter.format().ifPresent(format -> schema.put("format", format));
    parameter.defaultValue().flatMap(type::value).ifPresent(value -> schema.put("default", value));
    List<Object> choices =
        parameter.enumValues().stream().flatMap(value -> type.value(value).stream()).toList();
    if (!choices.isEmpty()) {
      schema.put("enum", choices);
    }
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", parameter.name());
    shape.put("in", "query");
    shape.put("required", parameter.required());
    parameter.description().ifPresent(text -> shape.put("description", text));
    if (type.element().isPresent()) {
      shape.put("style", "form");
      shape.put("explode", false);
    }
    shape.put("schema", schema);
    parameter.example().flatMap(type::value).ifPresent(value -> shape.put("example", value));
    return shape;
  }

  /// A parameter's type in the words of JSON Schema.
  private record Type(String name, Optional<Type> element) {
    static Type of(String name) {
      return name.startsWith("Array(") && name.endsWith(")")
          ? new Type(name, Optional.of(of(name.substring("Array(".length(), name.length() - 1))))
          : new Type(name, Optional.empty());
    }

    private boolean isWhole() {
      return name.matches("U?Int(eger)?\\d*");
    }

    private boolean isFloating() {
      return name.startsWith("Float");
    }

    private boolean isBoolean() {
      return name.toLowerCase(Locale.ROOT).startsWith("bool");
    }

    Map<String, Object> schema() {
      Map<String, Object> schema = new LinkedHashMap<>();
      if (element.isPresent()) {
        schema.put("type", "array");
        schema.put("items", element.get().schema());
      } else if (isWhole()) {
        schema.put("type", "integer");
        bounds(schema);
      } else if (isFloating()) {
        schema.put("type", "number");
        schema.put("format", name.equals("Float32") ? "float" : "double");
      } else if (isBoolean()) {
        schema.put("type", "boolean");
      } else {
        schema.put("type", "string");
        switch (name) {
          case "Date" -> schema.put("format", "date");
          case "UUID" -> schema.put("format", "uuid");
          default -> {}
        }
      }
      return schema;
    }

    /// The bounds of the type, as far as every reader of JSON keeps them exact.
    private void bounds(Map<String, Object> schema) {
      String digits = name.replaceAll("\\D", "");
      int bits = digits.isEmpty() ? 64 : Integer.parseInt(digits);
      if (bits > LARGEST_BOUND_BITS) {
        if (bits == 64 && !name.startsWith("U")) {
          schema.put("format", "int64");
        }
        return;
      }
      boolean signed = !name.startsWith("U");
      long values = 1L << bits;
      schema.put("minimum", signed ? -(values / 2) : 0L);
      schema.put("maximum", signed ? values / 2 - 1 : values - 1);
    }

    /// A default, choice or example as this type writes it; empty when it is none of this type.
    Optional<Object> value(Object given) {
      if (element.isPresent()) {
        List<?> all =
            given instanceof List<?> list
                ? list
                : String.valueOf(given).isEmpty()
                    ? List.of()
                    : List.of(String.valueOf(given).split(","));
        List<Object> values = new ArrayList<>();
        for (Object one : all) {
          element
              .get()
              .value(one instanceof String text ? text.strip() : one)
              .ifPresent(values::add);
        }
        return values.size() == all.size() ? Optional.of(values) : Optional.empty();
      }
      String text = String.valueOf(given);
      try {
        if (isWhole()) {
          return Optional.of(new BigInteger(text));
        }
        if (isFloating()) {
          double number = Double.parseDouble(text);
          return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
        }
      } catch (NumberFormatException _) {
        return Optional.empty();
      }
      if (isBoolean()) {
        return Optional.of(!text.isEmpty() && !text.equals("0") && !text.equalsIgnoreCase("false"));
      }
      return Optional.of(text);
    }
  }

  private static Map<String, Object> components() {
    Map<String, Object> meta =
        Map.of(
            "type",
            "array",
            "items",
            object(Map.of("name", Map.of("type", "string"), "type", Map.of("type", "string"))));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("meta", meta);
    answer.put("data", Map.of("type", "array", "items", Map.of("type", "object")));
    answer.put("rows", Map.of("type", "integer"));
    answer.put("rows_before_limit_at_least", Map.of("type", "integer"));
    answer.put(
        "statistics",
        object(
            Map.of(
                "elapsed", Map.of("type", "number"),
                "rows_read", Map.of("type", "integer"),
                "bytes_read", Map.of("type", "integer"))));
    Map<String, Object> error =
        object(
            Map.of(
                "error", Map.of("type", "string"),
                "documentation", Map.of("type", "string"),
                "code", Map.of("type", "string")));
    return Map.of(
        "schemas",
        Map.of("Answer", object(answer), "Error", error),
        "securitySchemes",
        Map.of(
            "bearer",
            Map.of("type", "http", "scheme", "bearer"),
            "token",
            Map.of("type", "apiKey", "in", "query", "name", "token")));
  }

  private static Map<String, Object> object(Map<String, Object> properties) {
    return Map.of("type", "object", "properties", properties);
  }
}
