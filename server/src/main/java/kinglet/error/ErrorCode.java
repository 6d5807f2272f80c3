// SPDX-License-Identifier: Apache-2.0
package kinglet.error;

import java.util.Locale;

/// A failure with a stable name; implemented by one enum per room.
public interface ErrorCode {
  /// The enum constant's name.
  String name();

  ErrorKind kind();

  /// The stable public name, lower case with dashes, such as `unknown-data-source`.
  default String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
