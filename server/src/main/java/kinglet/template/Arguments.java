// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// What one call gives a template: texts by parameter, secrets by name. Immutable.
public final class Arguments {
  /// A call without parameters.
  public static final Arguments NONE = of(Map.of());

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Map<String, List<String>> values;
  private final Function<String, Optional<String>> secrets;
  private final Supplier<Optional<Instant>> now;
  private final Set<String> open;

  private Arguments(
      Map<String, List<String>> values,
      Function<String, Optional<String>> secrets,
      Supplier<Optional<Instant>> now,
      Set<String> open) {
    this.values = Collections.unmodifiableMap(values);
    this.secrets = secrets;
    this.now = now;
    this.open = open;
  }

  /// The values of a query string, form or JSON object; a name may have more than one.
  public static Arguments of(Map<String, List<String>> values) {
    Map<String, List<String>> copied = new LinkedHashMap<>();
    values.forEach((name, texts) -> {
      if (!texts.isEmpty()) {
        copied.put(name, List.copyOf(texts));
      }
    });
    return new Arguments(copied, _ -> Optional.empty(), Optional::empty, Set.of());
  }

  /// The same with `job_timestamp`, unless the call gives one.
  public Arguments at(Supplier<Instant> instant) {
    return new Arguments(values, secrets, () -> Optional.of(instant.get()), open);
  }

  /// The same with values that win over what the call gives.
  public Arguments withFixed(Map<String, List<String>> fixed) {
    Map<String, List<String>> merged = new LinkedHashMap<>(values);
    merged.putAll(fixed);
    Set<String> others = new HashSet<>(open);
    others.removeAll(fixed.keySet());
    return new Arguments(merged, secrets, now, Set.copyOf(others));
  }

  /// The same with secrets, looked up by name.
  public Arguments withSecrets(Function<String, Optional<String>> lookup) {
    return new Arguments(values, lookup, now, open);
  }

  /// The same with parameters that every call of a kind gives, each its own value.
  public Arguments withOpen(Set<String> names) {
    return new Arguments(values, secrets, now, Set.copyOf(names));
  }

  /// The values of the call, without those that are looked up; no text for one that is open.
  public Map<String, List<String>> values() {
    if (open.isEmpty()) {
      return values;
    }
    Map<String, List<String>> all = new LinkedHashMap<>(values);
    open.forEach(name -> all.put(name, List.of()));
    return all;
  }

  /// The texts of a parameter; none if it was not given.
  List<String> texts(String name) {
    List<String> given = values.get(name);
    if (given != null) {
      return given;
    }
    return name.equals("job_timestamp")
        ? now.get().map(SECONDS::format).map(List::of).orElse(List.of())
        : List.of();
  }

  boolean isOpen(String name) {
    return open.contains(name);
  }

  Optional<String> secret(String name) {
    return secrets.apply(name);
  }
}
