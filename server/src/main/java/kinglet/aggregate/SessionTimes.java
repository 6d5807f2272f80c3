// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;

/// The sessions of events: the first and the last time of each run of events that follow one
/// another within a gap; the last [#LIMIT] of them, and how many there were before. Not
/// thread-safe.
final class SessionTimes implements ObjectState<SessionTimes> {
  static final int LIMIT = 1_024;

  private final long gap;
  private long[] starts = {};
  private long[] ends = {};
  private int size;
  private long before;

  SessionTimes(long gap) {
    this.gap = gap;
  }

  @Override
  public SessionTimes copy() {
    SessionTimes copy = new SessionTimes(gap);
    copy.starts = Arrays.copyOf(starts, size);
    copy.ends = Arrays.copyOf(ends, size);
    copy.size = size;
    copy.before = before;
    return copy;
  }

  long count() {
    return before + size;
  }

  /// Adds a session, which joins those it is not more than the gap away from.
  void add(long start, long end) {
    int high = size;
    while (high > 0 && starts[high - 1] - gap > end) {
      high--;
    }
    int low = high;
    while (low > 0 && ends[low - 1] + gap >= start) {
      low--;
    }
    if (low == high) {
      insert(low, start, end);
      return;
    }
    starts[low] = Math.min(starts[low], start);
    ends[low] = Math.max(ends[high - 1], end);
    int after = size - high;
    System.arraycopy(starts, high, starts, low + 1, after);
    System.arraycopy(ends, high, ends, low + 1, after);
    size -= high - low - 1;
  }

  private void insert(int at, long start, long end) {
    if (size == LIMIT) {
      before++;
      if (at == 0) {
        return;
      }
      System.arraycopy(starts, 1, starts, 0, at - 1);
      System.arraycopy(ends, 1, ends, 0, at - 1);
      starts[at - 1] = start;
      ends[at - 1] = end;
      return;
    }
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, Math.max(4, size * 2));
      ends = Arrays.copyOf(ends, Math.max(4, size * 2));
    }
    System.arraycopy(starts, at, starts, at + 1, size - at);
    System.arraycopy(ends, at, ends, at + 1, size - at);
    starts[at] = start;
    ends[at] = end;
    size++;
  }

  void merge(SessionTimes from) {
    before += from.before;
    for (int i = 0; i < from.size; i++) {
      add(from.starts[i], from.ends[i]);
    }
  }

  @Override
  public long bytes() {
    return 72 + 16L * starts.length;
  }

  @Override
  public void write(Bytes to) {
    to.putVarint(before);
    to.putVarint(size);
    for (int i = 0; i < size; i++) {
      to.putLong(starts[i]);
      to.putLong(ends[i]);
    }
  }

  @Override
  public void read(Input from) {
    before = from.nextVarint();
    from.check(before >= 0, "a count");
    size = from.nextCount(2 * Long.BYTES, LIMIT);
    starts = new long[size];
    ends = new long[size];
    for (int i = 0; i < size; i++) {
      starts[i] = from.nextLong();
      ends[i] = from.nextLong();
      from.check(
          starts[i] <= ends[i] && (i == 0 || ends[i - 1] < starts[i]), "the order of sessions");
    }
  }
}
