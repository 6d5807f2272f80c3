// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;
import org.jspecify.annotations.Nullable;

/// Estimates how many different hashes were added: exactly while they are few, from then on by
/// HyperLogLog. Not thread-safe.
///
/// The state is a function of the set of hashes alone, whatever the order and the grouping. The
/// registers are one byte each, so that a merge is a maximum of bytes; the estimate is Ertl's
/// improved raw estimator (arXiv:1702.01284, algorithm 6), which needs no table of corrections.
final class HyperLogLog implements ObjectState<HyperLogLog> {
  private final int precision;
  private @Nullable KeySet few;
  private byte[] registers = {};

  /// @param precision the logarithm of the number of registers
  HyperLogLog(int precision) {
    this.precision = precision;
    this.few = new KeySet(1, fewMax(precision) + 1);
  }

  private HyperLogLog(HyperLogLog other) {
    this.precision = other.precision;
    this.few = other.few == null ? null : other.few.copy();
    this.registers = other.registers.clone();
  }

  /// As many hashes as take the room of the registers.
  static int fewMax(int precision) {
    return (1 << precision) / Long.BYTES;
  }

  @Override
  public HyperLogLog copy() {
    return new HyperLogLog(this);
  }

  void add(long hash) {
    if (few == null) {
      register(hash);
      return;
    }
    few.add(hash, 0);
    if (few.size() > fewMax(precision)) {
      spread(few);
    }
  }

  private void spread(KeySet hashes) {
    few = null;
    registers = new byte[1 << precision];
    for (long hash : hashes.keys()) {
      register(hash);
    }
  }

  private void register(long hash) {
    int index = (int) (hash >>> (Long.SIZE - precision));
    int rank = Long.numberOfLeadingZeros((hash << precision) | (1L << (precision - 1))) + 1;
    if (rank > registers[index]) {
      registers[index] = (byte) rank;
    }
  }

  void merge(HyperLogLog from) {
    if (from.few != null) {
      for (long hash : from.few.keys()) {
        add(hash);
      }
      return;
    }
    if (few != null) {
      spread(few);
    }
    byte[] mine = registers;
    byte[] others = from.registers;
    for (int i = 0; i < mine.length; i++) {
      mine[i] = (byte) Math.max(mine[i], others[i]);
    }
  }

  long estimate() {
    if (few != null) {
      return few.size();
    }
    int ranks = Long.SIZE - precision;
    int[] counts = new int[ranks + 2];
    for (byte register : registers) {
      counts[register]++;
    }
    double m = registers.length;
    double z = m * tau(1 - counts[ranks + 1] / m);
    for (int k = ranks; k >= 1; k--) {
      z = 0.5 * (z + counts[k]);
    }
    z += m * sigma(counts[0] / m);
    return Math.round(m / (2 * StrictMath.log(2)) * m / z);
  }

  private static double sigma(double start) {
    if (start == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double x = start;
    double y = 1;
    double z = x;
    double before;
    do {
      x *= x;
      before = z;
      z += x * y;
      y += y;
    } while (z != before);
    return z;
  }

  private static double tau(double start) {
    if (start == 0 || start == 1) {
      return 0;
    }
    double x = start;
    double y = 1;
    double z = 1 - x;
    double before;
    do {
      x = Math.sqrt(x);
      before = z;
      y *= 0.5;
      z -= (1 - x) * (1 - x) * y;
    } while (z != before);
    return z / 3;
  }

  @Override
  public long bytes() {
    return 40 + registers.length + (few == null ? 0 : few.bytes());
  }

  @Override
  public void write(Bytes to) {
    to.putByte(few == null ? 1 : 0);
    if (few == null) {
      to.put(registers, 0, registers.length);
    } else {
      few.write(to);
    }
  }

  @Override
  public void read(Input from) {
    KeySet hashes = few;
    if (hashes == null) {
      throw new IllegalStateException("not a new state");
    }
    if (from.nextBoolean()) {
      few = null;
      registers = from.nextBytes(1 << precision);
      for (byte register : registers) {
        from.check(register >= 0 && register <= Long.SIZE - precision + 1, "a register");
      }
    } else {
      hashes.read(from);
      from.check(hashes.size() <= fewMax(precision), "a count");
    }
  }
}
