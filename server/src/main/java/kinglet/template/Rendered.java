// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a template became.
///
/// @param queryParameters values of `{name: String}` placeholders in the SQL
/// @param hints what it asks of the execution, such as `max_threads`
public record Rendered(String sql, Map<String, String> queryParameters, Map<String, String> hints) {
  public Rendered {
    queryParameters = Collections.unmodifiableMap(new LinkedHashMap<>(queryParameters));
    hints = Collections.unmodifiableMap(new LinkedHashMap<>(hints));
  }
}
