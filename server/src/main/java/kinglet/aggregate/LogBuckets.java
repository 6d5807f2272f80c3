// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;

/// Counts of buckets by number, those of a run of at most [#LIMIT]; what falls below it is counted
/// in its lowest one. Not thread-safe.
final class LogBuckets {
  static final int LIMIT = 4_096;

  private int first;
  private long[] counts = {};

  LogBuckets copy() {
    LogBuckets copy = new LogBuckets();
    copy.first = first;
    copy.counts = counts.clone();
    return copy;
  }

  void add(int number, long count) {
    if (counts.length == 0) {
      first = number;
      counts = new long[1];
    }
    if (number < first || number >= first + counts.length) {
      cover(number);
    }
    counts[Math.max(0, number - first)] += count;
  }

  private void cover(int number) {
    int end = Math.max(first + counts.length, number + 1);
    int start = Math.max(Math.min(first, number), end - LIMIT);
    long[] wider = new long[end - start];
    for (int i = 0; i < counts.length; i++) {
      wider[Math.max(0, first + i - start)] += counts[i];
    }
    first = start;
    counts = wider;
  }

  void merge(LogBuckets from) {
    for (int i = from.counts.length - 1; i >= 0; i--) {
      if (from.counts[i] > 0) {
        add(from.first + i, from.counts[i]);
      }
    }
  }

  long count() {
    return Arrays.stream(counts).sum();
  }

  /// The number of the bucket with the value of a rank, counted from 0.
  int bucket(double rank) {
    double before = 0;
    for (int i = 0; i < counts.length; i++) {
      before += counts[i];
      if (before > rank) {
        return first + i;
      }
    }
    return first + counts.length - 1;
  }

  long bytes() {
    return 40 + 8L * counts.length;
  }

  void write(Bytes to) {
    to.putVarint(counts.length);
    to.putLong(first);
    for (long count : counts) {
      to.putVarint(count);
    }
  }

  void read(Input from) {
    counts = new long[from.nextCount(1, LIMIT)];
    long number = from.nextLong();
    from.check(number >= -(1 << 30) && number <= 1 << 30, "the number of a bucket");
    first = (int) number;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = from.nextVarint();
      from.check(counts[i] >= 0 && counts[i] < 1L << 50, "a count");
    }
  }
}
