// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.Objects;

/// A stretch of an array that nobody writes to any more.
///
/// Two runs are the same only if they are the same stretch of the same array.
@SuppressWarnings("ArrayRecordComponent")
public record ByteRun(byte[] array, int offset, int length) {
  public ByteRun {
    Objects.checkFromIndexSize(offset, length, array.length);
  }

  /// The index after the last byte.
  public int end() {
    return offset + length;
  }
}
