// SPDX-License-Identifier: Apache-2.0
package kinglet.value;

/// The pairs of a map, in its order: keys and values at the same places.
public record MapValue(ListValue keys, ListValue values) {
  public MapValue {
    if (keys.size() != values.size()) {
      throw new IllegalArgumentException(keys.size() + " keys for " + values.size() + " values");
    }
  }
}
