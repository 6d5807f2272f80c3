// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.Bytes;
import kinglet.value.Slot;
import kinglet.value.XxHash64;

/// Hashes the arguments of a row: 64 bits at a time, seeded by definition. Immutable.
final class Hashing {
  private final Holder[] holders;

  Hashing(List<Holder> holders) {
    this.holders = holders.toArray(Holder[]::new);
  }

  /// Whether the arguments are one word, which needs no hash to be told from others.
  boolean isWord() {
    return holders.length == 1 && holders[0].isWord();
  }

  long hash(Slot[] arguments, long seed) {
    long hash = seed;
    for (int i = 0; i < holders.length; i++) {
      Slot slot = arguments[i];
      hash =
          switch (holders[i].shape()) {
            case WHOLE, FLOAT -> XxHash64.hash(slot.bits(), hash);
            case BYTES -> XxHash64.hash(slot.bytes(), slot.offset(), slot.length(), hash);
            case BIG, LIST, MAP, TUPLE -> {
              Bytes written = new Bytes(64);
              holders[i].write(slot, written);
              yield XxHash64.hash(written.array(), 0, written.size(), hash);
            }
          };
    }
    return hash;
  }
}
