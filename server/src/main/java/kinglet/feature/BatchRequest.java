// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.error.PlatformException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A batch call: the keys and what else each row brings along, column by column, and what is asked
/// of them.
///
/// @param rows how many values each column has
/// @param timeoutMillis how long the call may take, unless the server's limit is shorter
/// @param partial whether the rows that are read in time are answered
record BatchRequest(
    Map<String, RequestColumn> keys,
    Map<String, RequestColumn> request,
    int rows,
    OptionalLong asOfMicros,
    Set<With> with,
    OptionalLong timeoutMillis,
    boolean partial) {
  private static final JsonFactory JSON = new JsonFactory();

  BatchRequest {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    request = Collections.unmodifiableMap(new LinkedHashMap<>(request));
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

  /// What the call may take.
  ReadBudget budget(Duration limit) {
    Duration asked =
        timeoutMillis.isPresent() ? Duration.ofMillis(timeoutMillis.getAsLong()) : limit;
    return ReadBudget.of(asked.compareTo(limit) < 0 ? asked : limit, partial);
  }

  /// @param keysMax how many values a column may have
  static BatchRequest read(byte[] json, int keysMax) {
    return new Reader(keysMax).read(json);
  }

  /// Reads one request.
  private static final class Reader {
    private final int keysMax;
    private final Map<String, RequestColumn> keys = new LinkedHashMap<>();
    private final Map<String, RequestColumn> request = new LinkedHashMap<>();
    private final Set<With> with = EnumSet.noneOf(With.class);
    private OptionalLong asOfMicros = OptionalLong.empty();
    private OptionalLong timeoutMillis = OptionalLong.empty();
    private boolean partial;

    Reader(int keysMax) {
      this.keysMax = keysMax;
    }

    BatchRequest read(byte[] json) {
      try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
        object(parser);
        if (parser.nextToken() != null) {
          throw invalid("something follows the object in the body");
        }
      } catch (JacksonException e) {
        throw new PlatformException(
            FeatureError.INVALID_READ, "the body is not JSON: " + e.getOriginalMessage(), e);
      }
      List<RequestColumn> columns = new ArrayList<>(keys.values());
      columns.addAll(request.values());
      for (RequestColumn column : columns) {
        if (column.size() != columns.getFirst().size()) {
          throw new PlatformException(
              FeatureError.MISSING_KEY,
              column.name()
                  + " has "
                  + column.size()
                  + " values and "
                  + columns.getFirst().name()
                  + " has "
                  + columns.getFirst().size());
        }
      }
      int rows = columns.isEmpty() ? 0 : columns.getFirst().size();
      if (partial) {
        // Without it nobody knows which rows were not read.
        with.add(With.STATUS);
      }
      return new BatchRequest(keys, request, rows, asOfMicros, with, timeoutMillis, partial);
    }

    private void object(JsonParser parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw invalid("the body must be an object such as {\"keys\": {\"user_id\": [\"u1\"]}}");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (name) {
          case "keys" -> columns(parser, name, keys);
          case "request" -> columns(parser, name, request);
          case "as_of" -> asOf(parser, token);
          case "with" -> with(parser);
          case "timeout_ms" -> timeout(parser, token);
          case "partial" -> partial(token);
          default ->
              throw invalid(
                  "'"
                      + name
                      + "' is not known; a read has keys, request, as_of, with, timeout_ms and"
                      + " partial");
        }
      }
    }

    private void columns(JsonParser parser, String field, Map<String, RequestColumn> into) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw invalid(field + " must be an object with an array of values for each column");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        JsonToken unused = parser.nextToken();
        if (keys.containsKey(name) || request.containsKey(name)) {
          throw invalid("'" + name + "' is there twice");
        }
        into.put(name, RequestColumn.read(parser, field + "." + name, keysMax));
      }
    }

    private void asOf(JsonParser parser, JsonToken token) {
      if (token == JsonToken.VALUE_NULL) {
        return;
      }
      try {
        Instant time = OffsetDateTime.parse(parser.getString().replace(' ', 'T')).toInstant();
        asOfMicros = OptionalLong.of(ChronoUnit.MICROS.between(Instant.EPOCH, time));
      } catch (DateTimeParseException | ArithmeticException e) {
        throw new PlatformException(
            FeatureError.WRONG_VALUE,
            "as_of must be a time with an offset, such as 2026-01-31T12:00:00.000000Z",
            e);
      }
    }

    private void timeout(JsonParser parser, JsonToken token) {
      String text = parser.getString();
      if (token != JsonToken.VALUE_NUMBER_INT || !text.matches("[0-9]{1,9}")) {
        throw invalid("timeout_ms must be a number of milliseconds, such as 50");
      }
      timeoutMillis = OptionalLong.of(Long.parseLong(text));
    }

    private void partial(JsonToken token) {
      if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
        throw invalid("partial must be true or false");
      }
      partial = token == JsonToken.VALUE_TRUE;
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

    private static PlatformException invalid(String message) {
      return new PlatformException(FeatureError.INVALID_READ, message);
    }
  }
}
