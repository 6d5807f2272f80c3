// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// What must be done if a deployment stops half way: stored before its first statement runs.
///
/// Every statement may be repeated without harm.
///
/// @param undo takes everything back, last first; for a deployment that did not switch
/// @param after cleans up; for a deployment that did
record Intent(List<String> undo, List<String> after) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  Intent {
    undo = List.copyOf(undo);
    after = List.copyOf(after);
  }

  static Intent none() {
    return new Intent(List.of(), List.of());
  }

  boolean isEmpty() {
    return undo.isEmpty() && after.isEmpty();
  }

  String toJson() {
    return JSON.writeValueAsString(this);
  }

  static Intent fromJson(String text) {
    return JSON.readValue(text, Intent.class);
  }
}
