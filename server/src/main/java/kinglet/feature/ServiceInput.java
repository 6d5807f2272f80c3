// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import kinglet.feature.wire.JsonKeys;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// A parameter as a query over feature views uses it: the type its values are read as.
public record ServiceInput(String parameter, DataType type) {
  /// @param type as ClickHouse writes it
  public static ServiceInput of(String parameter, String type) {
    return new ServiceInput(parameter, DataType.parse(type));
  }

  /// Puts what a text means into a slot; `false` if it means nothing of the type.
  ///
  /// @param quoted whether it is a string rather than a number
  public boolean read(String text, boolean quoted, Slot into) {
    return JsonKeys.read(text, quoted, type, into);
  }
}
