// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a JWT says: whose it is, until when, and what it allows.
///
/// A restriction that is not understood is refused, never ignored.
///
/// @param notBefore seconds since the epoch; minus infinity when it does not say
/// @param expiresAt seconds since the epoch
/// @param requestsPerSecond the most requests a second of all JWTs with this name
public record JwtClaims(
    String workspaceId,
    String name,
    double notBefore,
    double expiresAt,
    Set<Scope> scopes,
    OptionalInt requestsPerSecond) {
  private static final int SCOPES_MAX = 100;
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  public JwtClaims {
    Tokens.checkName(name);
    scopes = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
  }

  /// The document, or nothing when it is not a JSON object.
  static Optional<JsonNode> document(byte[] payload) {
    try {
      return Optional.of(MAPPER.readTree(payload)).filter(JsonNode::isObject);
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /// Reads the payload of a JWT whose signature is good.
  static JwtClaims read(JsonNode payload) {
    return new JwtClaims(
        text(payload, "workspace_id"),
        text(payload, "name"),
        payload.has("nbf") ? seconds(payload, "nbf") : Double.NEGATIVE_INFINITY,
        seconds(payload, "exp"),
        scopes(payload.path("scopes")),
        requestsPerSecond(payload.path("limits")));
  }

  /// Reads the `scopes` of a JWT: objects with `type`, `resource`, `fixed_params` and `filter`.
  public static Set<Scope> scopes(JsonNode list) {
    if (!list.isArray() || list.isEmpty() || list.size() > SCOPES_MAX) {
      throw invalid("'scopes' must be a list of 1 to " + SCOPES_MAX + " scopes");
    }
    Set<Scope> scopes = new LinkedHashSet<>();
    list.forEach(one -> scopes.add(scope(one)));
    return scopes;
  }

  /// Reads the `limits` of a JWT: `rps`, where 0 and less mean none.
  public static OptionalInt requestsPerSecond(JsonNode limits) {
    if (limits.isMissingNode() || limits.isNull()) {
      return OptionalInt.empty();
    }
    JsonNode rps = limits.path("rps");
    if (!limits.isObject() || !(rps.isMissingNode() || rps.canConvertToInt())) {
      throw invalid("'limits' must be an object with a whole number 'rps'");
    }
    int limit = rps.asInt(0);
    return limit > 0 ? OptionalInt.of(limit) : OptionalInt.empty();
  }

  private static Scope scope(JsonNode scope) {
    String type = scope.path("type").asString("");
    String resource = scope.path("resource").asString("");
    if (resource.isBlank()) {
      throw invalid(
          "each scope of a JWT has a 'type' and a 'resource', as in {\"type\": \"PIPES:READ\","
              + " \"resource\": \"top_pages\"}");
    }
    Optional<String> filter = filter(scope.get("filter"));
    Map<String, List<String>> fixed = fixedParams(scope.get("fixed_params"));
    boolean pipe = type.equals("PIPES:READ");
    if (!pipe && !fixed.isEmpty()) {
      throw invalid("only a scope PIPES:READ can have 'fixed_params'");
    }
    return switch (type) {
      case "PIPES:READ" -> new Scope.ReadPipe(resource, filter, fixed);
      case "DATASOURCES:READ" -> new Scope.ReadDataSource(resource, filter);
      case "DATASOURCES:APPEND" -> {
        if (filter.isPresent()) {
          throw invalid("a scope DATASOURCES:APPEND cannot have a 'filter'");
        }
        yield new Scope.AppendDataSource(resource);
      }
      default ->
          throw invalid(
              "a JWT cannot have the scope '"
                  + type
                  + "' but PIPES:READ, DATASOURCES:READ and DATASOURCES:APPEND");
    };
  }

  private static Optional<String> filter(@Nullable JsonNode filter) {
    if (filter == null || filter.isNull()) {
      return Optional.empty();
    }
    if (!filter.isString() || filter.stringValue().isBlank()) {
      throw invalid("a 'filter' must be an SQL condition such as \"org = 'acme'\"");
    }
    return Optional.of(filter.stringValue().strip());
  }

  private static Map<String, List<String>> fixedParams(@Nullable JsonNode params) {
    Map<String, List<String>> fixed = new LinkedHashMap<>();
    if (params == null || params.isNull()) {
      return fixed;
    }
    if (!params.isObject()) {
      throw invalid("'fixed_params' must be an object of names and values");
    }
    for (Map.Entry<String, JsonNode> param : params.properties()) {
      JsonNode value = param.getValue();
      if (value.isNull() || value.isArray() && value.isEmpty()) {
        throw invalid("the fixed parameter '" + param.getKey() + "' has no value");
      }
      List<String> texts = new ArrayList<>();
      if (value.isArray()) {
        value.forEach(element -> texts.add(text(element)));
      } else {
        texts.add(text(value));
      }
      fixed.put(param.getKey(), texts);
    }
    return fixed;
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }

  private static String text(JsonNode payload, String claim) {
    JsonNode value = payload.path(claim);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw invalid("the claim '" + claim + "' is missing");
    }
    return value.stringValue();
  }

  private static double seconds(JsonNode payload, String claim) {
    JsonNode value = payload.path(claim);
    if (!value.isNumber()) {
      throw invalid("the claim '" + claim + "' must be a time in seconds since 1970");
    }
    return value.doubleValue();
  }

  byte[] payload() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("workspace_id", workspaceId);
    document.put("name", name);
    document.put("exp", (long) expiresAt);
    document.put("scopes", scopes.stream().map(JwtClaims::shape).toList());
    if (requestsPerSecond.isPresent()) {
      document.put("limits", Map.of("rps", requestsPerSecond.getAsInt()));
    }
    return MAPPER.writeValueAsString(document).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> shape(Scope scope) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("type", scope.type());
    scope.resource().ifPresent(resource -> shape.put("resource", resource));
    scope.filter().ifPresent(filter -> shape.put("filter", filter));
    if (!scope.fixedParams().isEmpty()) {
      Map<String, Object> fixed = new LinkedHashMap<>();
      scope
          .fixedParams()
          .forEach((name, texts) -> fixed.put(name, texts.size() == 1 ? texts.getFirst() : texts));
      shape.put("fixed_params", fixed);
    }
    return shape;
  }

  private static PlatformException invalid(String message) {
    return new PlatformException(AuthError.INVALID_JWT, "invalid JWT: " + message);
  }
}
