// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.OptionalInt;
import kinglet.type.DataType;

/// A column of a feature view.
///
/// @param key which key column it is; none for a feature
/// @param uses which values of the state it is made of
public record FeatureColumn(String name, DataType type, OptionalInt key, List<Integer> uses) {
  public FeatureColumn {
    uses = List.copyOf(uses);
  }

  public boolean isKey() {
    return key.isPresent();
  }
}
