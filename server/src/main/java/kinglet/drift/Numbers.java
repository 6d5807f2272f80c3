// SPDX-License-Identifier: Apache-2.0
package kinglet.drift;

import java.util.Arrays;

/// A multiset of numbers: each different one in ascending order, and how often it is there.
public final class Numbers {
  private final double[] values;
  private final long[] counts;
  private final long total;

  private Numbers(double[] values, long[] counts) {
    this.values = values;
    this.counts = counts;
    this.total = Arrays.stream(counts).sum();
  }

  /// @param values ascending, finite, each once
  /// @param counts of each, positive
  public static Numbers of(double[] values, long[] counts) {
    if (values.length == 0 || values.length != counts.length) {
      throw new IllegalArgumentException(values.length + " values, " + counts.length + " counts");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])
          || counts[i] <= 0
          || (i > 0 && !(values[i - 1] < values[i]))) {
        throw new IllegalArgumentException("value " + i + " is not finite, counted and ascending");
      }
    }
    return new Numbers(values.clone(), counts.clone());
  }

  public int size() {
    return values.length;
  }

  public long total() {
    return total;
  }

  double value(int place) {
    return values[place];
  }

  long count(int place) {
    return counts[place];
  }

  double min() {
    return values[0];
  }

  double max() {
    return values[values.length - 1];
  }

  /// The value below or at which a share of all lies.
  double quantile(double share) {
    double wanted = share * total;
    long seen = 0;
    for (int i = 0; i < values.length; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return values[i];
      }
    }
    return max();
  }
}
