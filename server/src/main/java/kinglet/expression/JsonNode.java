// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import kinglet.value.Slot;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A JSON value of a text that was read whole.
sealed interface JsonNode {
  record Null() implements JsonNode {}

  record Truth(boolean value) implements JsonNode {}

  record Whole(BigInteger value) implements JsonNode {}

  record Real(double value) implements JsonNode {}

  record Text(String value) implements JsonNode {}

  record Elements(List<JsonNode> values) implements JsonNode {}

  record Members(List<String> names, List<JsonNode> values) implements JsonNode {}

  /// Reads texts; belongs to one thread.
  final class Reader {
    private static final JsonFactory FACTORY = new JsonFactory();

    /// The value a text is; empty if it is no JSON.
    Optional<JsonNode> read(Slot text) {
      try (JsonParser parser =
          FACTORY.createParser(
              ObjectReadContext.empty(), text.bytes(), text.offset(), text.length())) {
        if (parser.nextToken() == null) {
          return Optional.empty();
        }
        JsonNode node = value(parser);
        return parser.nextToken() == null ? Optional.of(node) : Optional.empty();
      } catch (JacksonException _) {
        return Optional.empty();
      }
    }

    private static JsonNode number(BigInteger value) {
      return value.bitLength() <= 64 ? new Whole(value) : new Real(value.doubleValue());
    }

    private static JsonNode value(JsonParser parser) {
      return switch (parser.currentToken()) {
        case VALUE_NULL -> new Null();
        case VALUE_TRUE -> new Truth(true);
        case VALUE_FALSE -> new Truth(false);
        case VALUE_NUMBER_INT -> number(parser.getBigIntegerValue());
        case VALUE_NUMBER_FLOAT -> new Real(parser.getDoubleValue());
        case START_ARRAY -> {
          List<JsonNode> values = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser));
          }
          yield new Elements(values);
        }
        case START_OBJECT -> {
          List<String> names = new ArrayList<>();
          List<JsonNode> values = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_OBJECT) {
            names.add(parser.currentName());
            var _ = parser.nextToken();
            values.add(value(parser));
          }
          yield new Members(names, values);
        }
        default -> new Text(parser.getString());
      };
    }
  }

  /// The member of a name; of several the first.
  default Optional<JsonNode> member(String name) {
    if (this instanceof Members(List<String> names, List<JsonNode> values)) {
      int place = names.indexOf(name);
      return place < 0 ? Optional.empty() : Optional.of(values.get(place));
    }
    return Optional.empty();
  }

  /// The element or member of a place, counted from 1, or from the end with -1.
  default Optional<JsonNode> at(long index) {
    List<JsonNode> values = children();
    long place = index > 0 ? index - 1 : values.size() + index;
    return index == 0 || place < 0 || place >= values.size()
        ? Optional.empty()
        : Optional.of(values.get((int) place));
  }

  default List<JsonNode> children() {
    return switch (this) {
      case Elements(List<JsonNode> values) -> values;
      case Members(List<String> _, List<JsonNode> values) -> values;
      default -> List.of();
    };
  }

  /// The value as JSON without spaces.
  default void write(ByteText out) {
    switch (this) {
      case Null _ -> out.add("null");
      case Truth(boolean value) -> out.add(Boolean.toString(value));
      case Whole(BigInteger value) -> out.add(value.toString());
      case Real(double value) -> Printer.real(value, out);
      case Text(String value) -> quote(value, out);
      case Elements(List<JsonNode> values) -> {
        out.add('[');
        for (int i = 0; i < values.size(); i++) {
          if (i > 0) {
            out.add(',');
          }
          values.get(i).write(out);
        }
        out.add(']');
      }
      case Members(List<String> names, List<JsonNode> values) -> {
        out.add('{');
        for (int i = 0; i < values.size(); i++) {
          if (i > 0) {
            out.add(',');
          }
          quote(names.get(i), out);
          out.add(':');
          values.get(i).write(out);
        }
        out.add('}');
      }
    }
  }

  private static void quote(String value, ByteText out) {
    out.add('"');
    value
        .codePoints()
        .forEach(point -> {
          switch (point) {
            case '"' -> out.add("\\\"");
            case '\\' -> out.add("\\\\");
            case '\n' -> out.add("\\n");
            case '\r' -> out.add("\\r");
            case '\t' -> out.add("\\t");
            case '\b' -> out.add("\\b");
            case '\f' -> out.add("\\f");
            default -> {
              if (point < ' ') {
                out.add(String.format(Locale.ROOT, "\\u%04x", point));
              } else {
                out.addCodePoint(point);
              }
            }
          }
        });
    out.add('"');
  }
}
