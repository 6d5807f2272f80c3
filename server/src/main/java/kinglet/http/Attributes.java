// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The attributes a caller wants to see of resources, as in `attrs=id,name`; all without it.
record Attributes(Optional<List<String>> names) {
  static final Attributes ALL = new Attributes(Optional.empty());

  static Attributes of(Exchange exchange, String parameter) {
    return new Attributes(
        exchange
            .query()
            .first(parameter)
            .filter(names -> !names.isBlank())
            .map(names -> List.of(names.strip().split("\\s*,\\s*"))));
  }

  Map<String, Object> of(Map<String, Object> shape) {
    names.ifPresent(shape.keySet()::retainAll);
    return shape;
  }
}
