// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import kinglet.error.PlatformException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON documents of the control routes; rows and query answers never come this way.
final class Json {
  static final String TYPE = "application/json";
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static byte[] bytes(Object document) {
    return MAPPER.writeValueAsBytes(document);
  }

  static JsonNode parse(byte[] document) {
    try {
      return MAPPER.readTree(document);
    } catch (JacksonException e) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "the body is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
