// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonKeys;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A batch call: the keys, column by column, and what is asked of them.
///
/// @param keys the values of each key column, in the order of ENTITY
record BatchRequest(List<ListValue> keys, OptionalLong asOfMicros, Set<With> with) {
  private static final JsonFactory JSON = new JsonFactory();

  BatchRequest {
    keys = List.copyOf(keys);
    with = Set.copyOf(with);
  }

  /// What an answer may carry beside the values.
  enum With {
    STATUS,
    FRESHNESS,
    INTERVAL;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  int rows() {
    return keys.getFirst().size();
  }

  static BatchRequest read(byte[] json, ViewProgram program, int keysMax) {
    return new Reader(program, keysMax).read(json);
  }

  /// Reads one request.
  private static final class Reader {
    private final ViewProgram program;
    private final int keysMax;
    private final @Nullable ListValue[] keys;
    private final Set<With> with = EnumSet.noneOf(With.class);
    private OptionalLong asOfMicros = OptionalLong.empty();

    Reader(ViewProgram program, int keysMax) {
      this.program = program;
      this.keysMax = keysMax;
      this.keys = new ListValue[program.keys().size()];
    }

    BatchRequest read(byte[] json) {
      try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
        object(parser);
      } catch (JacksonException e) {
        throw new PlatformException(
            FeatureError.INVALID_READ, "the body is not JSON: " + e.getOriginalMessage(), e);
      }
      return new BatchRequest(complete(), asOfMicros, with);
    }

    private void object(JsonParser parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw invalid("the body must be an object such as {\"keys\": {\"user_id\": [\"u1\"]}}");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (name) {
          case "keys" -> keys(parser);
          case "as_of" -> asOf(parser, token);
          case "with" -> with(parser);
          default -> throw invalid("'" + name + "' is not known; a read has keys, as_of and with");
        }
      }
    }

    private void keys(JsonParser parser) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw invalid("keys must be an object with an array for each key column");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        int column = program.view().entity().indexOf(name);
        if (column < 0) {
          throw invalid(
              "'"
                  + name
                  + "' is no key column of '"
                  + program.name()
                  + "'; its key is "
                  + String.join(", ", program.view().entity()));
        }
        JsonToken unused = parser.nextToken();
        keys[column] = values(parser, name, program.keyTypes().get(column));
      }
    }

    private ListValue values(JsonParser parser, String name, DataType type) {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw new PlatformException(
            FeatureError.WRONG_VALUE, "keys." + name + " must be an array of values");
      }
      ListValue.Builder values = ListValue.builder(Shape.of(type), 16);
      Slot slot = new Slot();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (!JsonKeys.read(parser, type, slot)) {
          throw new PlatformException(
              FeatureError.WRONG_VALUE,
              "keys." + name + "[" + values.size() + "] is not a " + type.sql());
        }
        if (values.size() >= keysMax) {
          throw new PlatformException(
              FeatureError.TOO_MANY_KEYS,
              "a read answers at most " + keysMax + " keys; send the others in another");
        }
        ListValue.Builder _ = values.add(slot);
      }
      return values.build();
    }

    private void asOf(JsonParser parser, JsonToken token) {
      if (token == JsonToken.VALUE_NULL) {
        return;
      }
      try {
        Instant time = OffsetDateTime.parse(parser.getString().replace(' ', 'T')).toInstant();
        asOfMicros = OptionalLong.of(ChronoUnit.MICROS.between(Instant.EPOCH, time));
      } catch (DateTimeParseException e) {
        throw new PlatformException(
            FeatureError.WRONG_VALUE,
            "as_of must be a time with an offset, such as 2026-01-31T12:00:00.000000Z",
            e);
      }
    }

    private void with(JsonParser parser) {
      if (parser.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw invalid("with must be an array of " + words());
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String word = parser.getString();
        with.add(
            EnumSet.allOf(With.class).stream()
                .filter(known -> known.word().equals(word))
                .findFirst()
                .orElseThrow(() -> invalid("with has no '" + word + "', only " + words())));
      }
    }

    private static String words() {
      return EnumSet.allOf(With.class).stream().map(With::word).collect(Collectors.joining(", "));
    }

    private List<ListValue> complete() {
      List<ListValue> complete = new ArrayList<>();
      for (int i = 0; i < keys.length; i++) {
        String name = program.view().entity().get(i);
        ListValue values = keys[i];
        if (values == null) {
          throw new PlatformException(
              FeatureError.MISSING_KEY,
              "keys."
                  + name
                  + " is missing: the key of '"
                  + program.name()
                  + "' is "
                  + String.join(", ", program.view().entity()));
        }
        if (!complete.isEmpty() && complete.getFirst().size() != values.size()) {
          throw new PlatformException(
              FeatureError.MISSING_KEY,
              "keys."
                  + name
                  + " has "
                  + values.size()
                  + " values and keys."
                  + program.view().entity().getFirst()
                  + " has "
                  + complete.getFirst().size());
        }
        complete.add(values);
      }
      return complete;
    }

    private static PlatformException invalid(String message) {
      return new PlatformException(FeatureError.INVALID_READ, message);
    }
  }
}
