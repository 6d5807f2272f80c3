// SPDX-License-Identifier: Apache-2.0
package kinglet.value;

import java.util.List;

/// The elements of a tuple, each as a list of one value.
public record TupleValue(List<ListValue> elements) {
  public TupleValue {
    elements = List.copyOf(elements);
  }

  public void get(int index, Slot into) {
    elements.get(index).get(0, into);
  }
}
