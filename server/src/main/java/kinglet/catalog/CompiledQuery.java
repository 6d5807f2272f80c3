// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One query for ClickHouse, with what goes beside its text.
///
/// @param parameters values of `{name:Type}` placeholders
/// @param hints what the templates ask of the execution, such as `max_threads`
public record CompiledQuery(String sql, Map<String, String> parameters, Map<String, String> hints) {
  public CompiledQuery {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    hints = Collections.unmodifiableMap(new LinkedHashMap<>(hints));
  }
}
