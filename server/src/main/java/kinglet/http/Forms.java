// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Parameters in a body: a JSON object, `a=1&b=2` or multipart fields, told by looking at it.
final class Forms {
  private Forms() {}

  static Parameters read(Exchange exchange, byte[] body) {
    if (body.length == 0) {
      return Parameters.NONE;
    }
    String type = exchange.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    if (type.startsWith("multipart/")) {
      return multipart(exchange.header("content-type").orElse(""), body);
    }
    String text = new String(body, StandardCharsets.UTF_8);
    if (text.stripLeading().startsWith("{")) {
      return json(Json.parse(body));
    }
    return Parameters.parse(text.strip());
  }

  /// The fields of an object as parameters: arrays repeat, other values keep their JSON text.
  static Parameters json(JsonNode object) {
    if (!object.isObject()) {
      throw new PlatformException(HttpError.INVALID_REQUEST, "the body is not a JSON object");
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      List<String> texts = new ArrayList<>();
      JsonNode value = field.getValue();
      if (value.isArray()) {
        value.forEach(element -> texts.add(text(element)));
      } else if (!value.isNull()) {
        texts.add(text(value));
      }
      if (!texts.isEmpty()) {
        values.put(field.getKey(), texts);
      }
    }
    return new Parameters(values);
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }

  private static Parameters multipart(String contentType, byte[] body) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    try {
      MultipartReader reader = new MultipartReader(contentType, new ByteArrayInputStream(body));
      Optional<MultipartReader.Part> part = reader.next();
      while (part.isPresent()) {
        values
            .computeIfAbsent(part.get().name(), _ -> new ArrayList<>())
            .add(new String(part.get().body().readAllBytes(), StandardCharsets.UTF_8));
        part = reader.next();
      }
    } catch (IOException e) {
      throw new PlatformException(HttpError.INVALID_REQUEST, "the form can't be read", e);
    }
    return new Parameters(values);
  }
}
