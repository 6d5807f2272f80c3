// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Values of JSON texts.
final class JsonFunctions {
  private static final String PATH =
      " The path is made of members' names and of places, counted from 1 or from the end with -1.";

  private JsonFunctions() {}

  /// What is made of the value at the path; may own working space.
  @FunctionalInterface
  private interface Taking {
    void take(Optional<JsonNode> node, Slot out);
  }

  /// A new taking for each evaluator.
  @FunctionalInterface
  private interface Takings {
    Taking make();
  }

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("JSON");
    add(
        group,
        "JSONHas",
        "1 if there is a value at the path.",
        "'{\"a\": null}', 'a'",
        Types.UINT8,
        () -> (node, out) -> out.setBool(node.isPresent()));
    add(
        group,
        "JSONLength",
        "The elements or members at the path.",
        "'{\"a\": [1, 2]}', 'a'",
        Types.UINT64,
        () -> (node, out) -> out.setWhole(node.map(n -> n.children().size()).orElse(0)));
    add(
        group,
        "JSONExtractInt",
        "The whole number at the path, or 0.",
        "'{\"a\": -5}', 'a'",
        Types.INT64,
        () -> (node, out) -> out.setWhole(whole(node, true)));
    add(
        group,
        "JSONExtractUInt",
        "The unsigned whole number at the path, or 0.",
        "'{\"a\": 5}', 'a'",
        Types.UINT64,
        () -> (node, out) -> out.setWhole(whole(node, false)));
    add(
        group,
        "JSONExtractFloat",
        "The number at the path, or 0.",
        "'{\"a\": 1.5}', 'a'",
        Types.FLOAT64,
        () -> (node, out) -> out.setReal(real(node)));
    add(
        group,
        "JSONExtractBool",
        "1 if there is true, or a whole number other than 0, at the path.",
        "'{\"a\": true}', 'a'",
        Types.UINT8,
        () -> (node, out) -> out.setBool(truth(node)));
    add(
        group,
        "JSONExtractString",
        "The text at the path, or what else is there as JSON; empty" + " for null and nothing.",
        "'{\"a\": \"x\"}', 'a'",
        Types.STRING,
        () -> {
          ByteText text = new ByteText();
          return (node, out) -> text(node, text, out);
        });
    add(
        group,
        "JSONExtractRaw",
        "The value at the path as JSON.",
        "'{\"a\": [1, \"x\"]}', 'a'",
        Types.STRING,
        () -> {
          ByteText text = new ByteText();
          return (node, out) -> {
            text.clear();
            node.ifPresent(found -> found.write(text));
            text.into(out);
          };
        });
    add(
        group,
        "JSONExtractArrayRaw",
        "The elements at the path, each as JSON.",
        "'{\"a\": [1, \"x\"]}', 'a'",
        new DataType.Array(Types.STRING),
        () -> {
          ByteText text = new ByteText();
          Slot slot = new Slot();
          return (node, out) -> {
            ListValue.Builder list = ListValue.builder(Shape.BYTES, 4);
            if (node.isPresent() && node.get() instanceof JsonNode.Elements elements) {
              for (JsonNode element : elements.values()) {
                text.clear();
                element.write(text);
                text.into(slot);
                list.add(slot);
              }
            }
            out.setObject(list.build());
          };
        });
    return group;
  }

  private static void add(
      FunctionGroup group,
      String name,
      String description,
      String example,
      DataType type,
      Takings takings) {
    group.add(
        name,
        name + "(json[, path, ...])",
        description + PATH,
        name + "(" + example + ")",
        arguments -> {
          check(arguments);
          return new Bound(
              type,
              () -> {
                JsonNode.Reader reader = new JsonNode.Reader();
                Taking taking = takings.make();
                boolean[] names = names(arguments);
                return (in, out) -> taking.take(walk(reader.read(in[0]), in, names), out);
              },
              false);
        });
  }

  private static void check(Arguments arguments) {
    arguments.count(1, 100);
    if (!(arguments.type(0) instanceof DataType.StringType)) {
      throw arguments.wrongType(0, "a String");
    }
    for (int i = 1; i < arguments.size(); i++) {
      DataType type = arguments.type(i);
      boolean place = type instanceof DataType.Int && Shape.of(type) == Shape.WHOLE;
      if (!(type instanceof DataType.StringType) && !place) {
        throw arguments.wrongType(i, "a name or a place");
      }
    }
  }

  private static boolean[] names(Arguments arguments) {
    boolean[] names = new boolean[arguments.size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = arguments.type(i) instanceof DataType.StringType;
    }
    return names;
  }

  private static Optional<JsonNode> walk(Optional<JsonNode> root, Slot[] path, boolean[] names) {
    Optional<JsonNode> node = root;
    for (int i = 1; i < path.length && node.isPresent(); i++) {
      node = names[i] ? node.get().member(path[i].text()) : node.get().at(path[i].whole());
    }
    return node;
  }

  private static long whole(Optional<JsonNode> node, boolean signed) {
    Optional<BigInteger> value =
        node.flatMap(found ->
            switch (found) {
              case JsonNode.Whole(BigInteger whole) -> Optional.of(whole);
              case JsonNode.Real(double real) -> Optional.of(new BigDecimal(real).toBigInteger());
              case JsonNode.Text(String text) ->
                  number(text).map(real -> new BigDecimal(real).toBigInteger());
              default -> Optional.empty();
            });
    int bits = signed ? 63 : 64;
    return value
        .filter(whole -> whole.bitLength() <= bits && (signed || whole.signum() >= 0))
        .map(BigInteger::longValue)
        .orElse(0L);
  }

  private static Optional<String> number(String text) {
    boolean plain =
        text.length() <= 40 && text.matches("[+-]?[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]{1,3})?");
    return plain ? Optional.of(text) : Optional.empty();
  }

  private static double real(Optional<JsonNode> node) {
    return node.flatMap(found ->
            switch (found) {
              case JsonNode.Whole(BigInteger whole) -> Optional.of(whole.doubleValue());
              case JsonNode.Real(double real) -> Optional.of(real);
              case JsonNode.Text(String text) -> number(text).map(Double::parseDouble);
              default -> Optional.<Double>empty();
            })
        .orElse(0.0);
  }

  private static boolean truth(Optional<JsonNode> node) {
    return node.map(found ->
            switch (found) {
              case JsonNode.Truth(boolean value) -> value;
              case JsonNode.Whole(BigInteger whole) -> whole.signum() != 0;
              default -> false;
            })
        .orElse(false);
  }

  private static void text(Optional<JsonNode> node, ByteText text, Slot out) {
    text.clear();
    node.ifPresent(found -> {
      switch (found) {
        case JsonNode.Text(String value) -> text.add(value);
        case JsonNode.Null _ -> {}
        default -> found.write(text);
      }
    });
    text.into(out);
  }
}
