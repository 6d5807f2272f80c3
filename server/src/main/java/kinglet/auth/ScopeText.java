// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.error.PlatformException;

/// Reads `TYPE[:resource[:filter]]`.
final class ScopeText {
  private static final List<String> WITH_RESOURCE =
      List.of(
          "DATASOURCES:READ", "DATASOURCES:APPEND", "DATASOURCES:DROP", "PIPES:READ", "PIPES:DROP");

  private ScopeText() {}

  static Scope parse(String text) {
    String trimmed = text.strip();
    for (Scope.WideScope wide : Scope.WideScope.values()) {
      if (wide.text().equals(trimmed)) {
        return Scope.of(wide);
      }
    }
    for (String type : WITH_RESOURCE) {
      if (trimmed.startsWith(type + ":")) {
        return withResource(type, trimmed.substring(type.length() + 1));
      }
      if (trimmed.equals(type)) {
        throw invalid("The scope " + type + " needs a resource: " + type + ":<name>");
      }
    }
    throw invalid("The scope '" + trimmed + "' is not one of " + known());
  }

  private static Scope withResource(String type, String rest) {
    int colon = rest.indexOf(':');
    String name = colon < 0 ? rest : rest.substring(0, colon);
    Optional<String> filter =
        colon < 0 ? Optional.empty() : Optional.of(rest.substring(colon + 1).strip());
    if (name.isBlank()) {
      throw invalid("The scope " + type + " needs a resource: " + type + ":<name>");
    }
    if (filter.isPresent() && (!type.endsWith(":READ") || filter.get().isEmpty())) {
      throw invalid("The scope '" + type + ":" + rest + "' cannot have a filter");
    }
    return switch (type) {
      case "DATASOURCES:READ" -> new Scope.ReadDataSource(name, filter);
      case "DATASOURCES:APPEND" -> new Scope.AppendDataSource(name);
      case "DATASOURCES:DROP" -> new Scope.DropDataSource(name);
      case "PIPES:READ" -> new Scope.ReadPipe(name, filter, Map.of());
      case "PIPES:DROP" -> new Scope.DropPipe(name);
      default -> throw invalid("The scope '" + type + "' is not one of " + known());
    };
  }

  private static String known() {
    return Stream.concat(
            Arrays.stream(Scope.WideScope.values()).map(Scope.WideScope::text),
            WITH_RESOURCE.stream().map(type -> type + ":<name>"))
        .collect(Collectors.joining(", "));
  }

  private static PlatformException invalid(String message) {
    return new PlatformException(AuthError.INVALID_SCOPE, message);
  }
}
