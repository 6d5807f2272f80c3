// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What one call gives a template: texts by parameter, secrets by name. Immutable.
public final class Arguments {
  /// A call without parameters.
  public static final Arguments NONE = of(Map.of());

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private final Map<String, List<String>> values;
  private final Function<String, Optional<String>> secrets;

  private Arguments(Map<String, List<String>> values, Function<String, Optional<String>> secrets) {
    this.values = values;
    this.secrets = secrets;
  }

  /// The values of a query string, form or JSON object; a name may have more than one.
  public static Arguments of(Map<String, List<String>> values) {
    Map<String, List<String>> copied = new LinkedHashMap<>();
    values.forEach((name, texts) -> {
      if (!texts.isEmpty()) {
        copied.put(name, List.copyOf(texts));
      }
    });
    return new Arguments(copied, _ -> Optional.empty());
  }

  /// The same with `job_timestamp`, unless the call gives one.
  public Arguments at(Instant instant) {
    if (values.containsKey("job_timestamp")) {
      return this;
    }
    Map<String, List<String>> more = new LinkedHashMap<>(values);
    more.put("job_timestamp", List.of(SECONDS.format(instant)));
    return new Arguments(more, secrets);
  }

  /// The same with secrets, looked up by name.
  public Arguments withSecrets(Function<String, Optional<String>> lookup) {
    return new Arguments(values, lookup);
  }

  Map<String, List<String>> values() {
    return values;
  }

  Optional<String> secret(String name) {
    return secrets.apply(name);
  }
}
