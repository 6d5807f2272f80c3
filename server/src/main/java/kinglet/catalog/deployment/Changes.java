// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;

/// What one kind of resource gains, changes and loses, by name.
public record Changes(List<String> added, List<String> changed, List<String> deleted) {
  public Changes {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    deleted = List.copyOf(deleted);
  }

  public static Changes none() {
    return new Changes(List.of(), List.of(), List.of());
  }

  public boolean isEmpty() {
    return added.isEmpty() && changed.isEmpty() && deleted.isEmpty();
  }
}
