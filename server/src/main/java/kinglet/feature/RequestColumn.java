// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.StringJoiner;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonKeys;
import kinglet.feature.wire.JsonValues;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/// A column of a batch call: values whose type is known later. Not changed once read.
final class RequestColumn {
  private static final JsonFactory JSON = new JsonFactory();

  private final String name;
  private final List<@Nullable String> texts = new ArrayList<>();

  /// Which values are strings, and which are more than one value.
  private final BitSet quoted = new BitSet();

  private final BitSet lists = new BitSet();

  private RequestColumn(String name) {
    this.name = name;
  }

  /// Reads the array where the parser stands.
  ///
  /// @param name where in the request it is, such as `keys.user_id`
  static RequestColumn read(JsonParser parser, String name, int max) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new PlatformException(
          FeatureError.WRONG_VALUE, name + " must be an array of values, one for each row");
    }
    RequestColumn column = new RequestColumn(name);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (column.size() >= max) {
        throw new PlatformException(
            FeatureError.TOO_MANY_KEYS,
            "a read answers at most " + max + " keys; send the others in another");
      }
      column.add(parser);
    }
    return column;
  }

  /// Reads an array.
  static RequestColumn read(JsonNode array, String name, int max) {
    try (JsonParser parser = array.traverse(ObjectReadContext.empty())) {
      JsonToken unused = parser.nextToken();
      return read(parser, name, max);
    }
  }

  private void add(JsonParser parser) {
    switch (parser.currentToken()) {
      case VALUE_NULL -> texts.add(null);
      case START_ARRAY -> {
        StringJoiner all = new StringJoiner(",");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          all.add(scalar(parser));
        }
        quoted.set(texts.size());
        lists.set(texts.size());
        texts.add(all.toString());
      }
      case VALUE_STRING -> {
        quoted.set(texts.size());
        texts.add(scalar(parser));
      }
      default -> texts.add(scalar(parser));
    }
  }

  private String scalar(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
          parser.getString();
      default ->
          throw new PlatformException(
              FeatureError.WRONG_VALUE,
              name + "[" + texts.size() + "] is neither a value nor an array of values");
    };
  }

  /// The column of one value.
  static RequestColumn of(String json, String name) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), "[" + json + "]")) {
      JsonToken unused = parser.nextToken();
      return read(parser, name, 1);
    }
  }

  /// A value as [#of] reads it.
  String json(int row) {
    String text = texts.get(row);
    if (text == null) {
      return "null";
    }
    if (!quoted.get(row)) {
      return text;
    }
    Bytes out = new Bytes(text.length() + 8);
    new JsonValues(out).quoted(text);
    String string = new String(out.array(), 0, out.size(), StandardCharsets.UTF_8);
    return lists.get(row) ? "[" + string + "]" : string;
  }

  String name() {
    return name;
  }

  int size() {
    return texts.size();
  }

  /// The text of a value; nothing for NULL.
  @Nullable String text(int row) {
    return texts.get(row);
  }

  /// The first value that is NULL; negative if none is.
  int firstNull() {
    return texts.indexOf(null);
  }

  /// Puts a value into a slot.
  void get(int row, DataType type, Slot into) {
    String text = texts.get(row);
    boolean read;
    if (text == null) {
      into.setNull();
      read = type.nullable();
    } else {
      read = !lists.get(row) && JsonKeys.read(text, quoted.get(row), type, into);
    }
    if (!read) {
      throw new PlatformException(
          FeatureError.WRONG_VALUE, name + "[" + row + "] is not a " + type.sql());
    }
  }

  /// All values as those of a type.
  ListValue as(DataType type) {
    ListValue.Builder values = ListValue.builder(Shape.of(type), texts.size());
    Slot slot = new Slot();
    for (int row = 0; row < texts.size(); row++) {
      get(row, type, slot);
      ListValue.Builder _ = values.add(slot);
    }
    return values.build();
  }
}
