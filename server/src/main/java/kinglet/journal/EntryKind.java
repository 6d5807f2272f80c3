// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// What the rows of an entry are: accepted rows, rows that did not fit with their reasons, rows
/// that stand in a file beside the journal, or accepted rows that say from when on they count as
/// known.
public enum EntryKind {
  ROWS(1),
  QUARANTINE(2),
  FILE(3),
  IMPORTED(4);

  private final byte wire;

  EntryKind(int wire) {
    this.wire = (byte) wire;
  }

  /// The byte that stands for this kind in the journal.
  byte wire() {
    return wire;
  }

  /// The kind that `wire` stands for.
  static EntryKind of(byte wire) {
    return switch (wire) {
      case 1 -> ROWS;
      case 2 -> QUARANTINE;
      case 3 -> FILE;
      case 4 -> IMPORTED;
      default -> throw new IllegalStateException("entry kind " + wire + " is not 1, 2, 3 or 4");
    };
  }
}
