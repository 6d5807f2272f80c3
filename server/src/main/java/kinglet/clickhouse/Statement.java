// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One SQL text with all that goes with it.
///
/// Parameters are the plain values of `{name:Type}` placeholders; they travel apart from the text
/// and are escaped by the client. Settings hold for this statement alone. `format` is used when the
/// text names none.
///
/// @param timeout how long the client waits for the answer's first byte
public record Statement(
    String sql,
    Map<String, String> parameters,
    Map<String, String> settings,
    Role role,
    String queryId,
    @Nullable String format,
    Duration timeout) {

  /// How long a statement may take when nothing else is said.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  public Statement {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /// A statement without parameters or settings, under a fresh query id.
  public static Statement of(Role role, String sql) {
    return new Statement(
        sql, Map.of(), Map.of(), role, UUID.randomUUID().toString(), null, DEFAULT_TIMEOUT);
  }

  public Statement withParameters(Map<String, String> changed) {
    return new Statement(sql, changed, settings, role, queryId, format, timeout);
  }

  public Statement withSettings(Map<String, String> changed) {
    return new Statement(sql, parameters, changed, role, queryId, format, timeout);
  }

  /// The same with one more setting.
  public Statement withSetting(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(settings);
    changed.put(name, value);
    return withSettings(changed);
  }

  public Statement withSql(String changed) {
    return new Statement(changed, parameters, settings, role, queryId, format, timeout);
  }

  public Statement withQueryId(String changed) {
    return new Statement(sql, parameters, settings, role, changed, format, timeout);
  }

  public Statement withFormat(@Nullable String changed) {
    return new Statement(sql, parameters, settings, role, queryId, changed, timeout);
  }

  public Statement withTimeout(Duration changed) {
    return new Statement(sql, parameters, settings, role, queryId, format, changed);
  }
}
