// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a data source stores its rows: the kind of table and the `ENGINE_*` values, as written.
///
/// @param keys the values of the `ENGINE_*` instructions that were given
/// @param settings the values of `ENGINE_SETTINGS`, as SQL literals
public record Engine(EngineKind kind, Map<EngineKey, String> keys, Map<String, String> settings) {
  public Engine {
    keys = Map.copyOf(keys);
    settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /// An engine without keys.
  public static Engine of(EngineKind kind) {
    return new Engine(kind, Map.of(), Map.of());
  }

  /// The value of a key; an empty text counts as absent.
  public Optional<String> key(EngineKey key) {
    @Nullable String value = keys.get(key);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value);
  }

  /// This engine with one key changed.
  public Engine with(EngineKey key, String value) {
    Map<EngineKey, String> changed = new LinkedHashMap<>(keys);
    changed.put(key, value);
    return new Engine(kind, changed, settings);
  }

  public Optional<String> ttl() {
    return key(EngineKey.TTL);
  }
}
