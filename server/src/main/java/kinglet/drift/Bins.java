// SPDX-License-Identifier: Apache-2.0
package kinglet.drift;

import java.util.Arrays;

/// How many values of a reference and how many current ones fall into each bin.
public final class Bins {
  /// The share that stands for none where a logarithm or a quotient needs one.
  static final double LEAST_SHARE = 1e-6;

  private final long[] reference;
  private final long[] current;
  private final long referenceTotal;
  private final long currentTotal;

  Bins(long[] reference, long[] current) {
    this.reference = reference;
    this.current = current;
    this.referenceTotal = Arrays.stream(reference).sum();
    this.currentTotal = Arrays.stream(current).sum();
  }

  public int size() {
    return reference.length;
  }

  public long reference(int bin) {
    return reference[bin];
  }

  public long current(int bin) {
    return current[bin];
  }

  long referenceTotal() {
    return referenceTotal;
  }

  long currentTotal() {
    return currentTotal;
  }

  double referenceShare(int bin) {
    return (double) reference[bin] / referenceTotal;
  }

  double currentShare(int bin) {
    return (double) current[bin] / currentTotal;
  }

  double referenceShareAtLeast(int bin) {
    return Math.max(referenceShare(bin), LEAST_SHARE);
  }

  double currentShareAtLeast(int bin) {
    return Math.max(currentShare(bin), LEAST_SHARE);
  }
}
