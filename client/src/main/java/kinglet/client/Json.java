// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Java values as JSON and back: maps, lists, strings, numbers, booleans, `null`.
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  /// What ClickHouse reads as a time of day of any precision.
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

  private Json() {}

  static byte[] write(@Nullable Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator to = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      write(value, to);
    }
    return out.toByteArray();
  }

  private static void write(@Nullable Object value, JsonGenerator to) {
    switch (value) {
      case null -> to.writeNull();
      case Map<?, ?> map -> {
        to.writeStartObject();
        map.forEach((name, inner) -> {
          to.writeName(String.valueOf(name));
          write(inner, to);
        });
        to.writeEndObject();
      }
      case Iterable<?> list -> {
        to.writeStartArray();
        list.forEach(inner -> write(inner, to));
        to.writeEndArray();
      }
      case Boolean flag -> to.writeBoolean(flag);
      case BigDecimal number -> to.writeNumber(number);
      case BigInteger number -> to.writeNumber(number);
      case Double number -> to.writeNumber(number);
      case Float number -> to.writeNumber(number);
      case Number number -> to.writeNumber(number.longValue());
      case Instant time -> to.writeString(TIME.format(time));
      case String text -> to.writeString(text);
      case LocalDate date -> to.writeString(date.toString());
      case UUID id -> to.writeString(id.toString());
      default ->
          throw new IllegalArgumentException(
              "a "
                  + value.getClass().getName()
                  + " can't be sent: use maps, lists, strings, numbers, booleans, Instant,"
                  + " LocalDate or UUID");
    }
  }

  /// Whole numbers become a `Long`, or a `BigInteger` if they are larger, others a `Double`.
  static @Nullable Object read(byte[] json) {
    try (JsonParser from = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      JsonToken first = from.nextToken();
      if (first == null) {
        throw strange("nothing", null);
      }
      return read(from, first);
    } catch (JacksonException e) {
      throw strange("no JSON", e);
    }
  }

  private static KingletException strange(String what, @Nullable Throwable cause) {
    return new KingletException(
        200, KingletException.STRANGE_ANSWER, "the server answered " + what, null, cause);
  }

  private static @Nullable Object read(JsonParser from, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (from.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = from.currentName();
          map.put(name, read(from, from.nextToken()));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken next = from.nextToken();
            next != JsonToken.END_ARRAY;
            next = from.nextToken()) {
          list.add(read(from, next));
        }
        yield list;
      }
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> {
        Number number = from.getNumberValue();
        yield number instanceof BigInteger ? number : (Object) number.longValue();
      }
      case VALUE_NUMBER_FLOAT -> from.getDoubleValue();
      default -> from.getString();
    };
  }
}
