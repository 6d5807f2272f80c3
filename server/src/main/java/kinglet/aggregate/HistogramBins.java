// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;

/// At most `limit` weighted points in rising order; of more, the two closest become one (Ben-Haim
/// and Tom-Tov). Not thread-safe.
final class HistogramBins implements ObjectState<HistogramBins> {
  private final int limit;
  private double[] means = {};
  private double[] weights = {};
  private int size;
  double least = Double.POSITIVE_INFINITY;
  double greatest = Double.NEGATIVE_INFINITY;

  HistogramBins(int limit) {
    this.limit = limit;
  }

  @Override
  public HistogramBins copy() {
    HistogramBins copy = new HistogramBins(limit);
    copy.means = Arrays.copyOf(means, size);
    copy.weights = Arrays.copyOf(weights, size);
    copy.size = size;
    copy.least = least;
    copy.greatest = greatest;
    return copy;
  }

  int size() {
    return size;
  }

  double mean(int index) {
    return means[index];
  }

  double weight(int index) {
    return weights[index];
  }

  void add(double mean, double weight) {
    least = Math.min(least, mean);
    greatest = Math.max(greatest, mean);
    int at = Arrays.binarySearch(means, 0, size, mean);
    if (at >= 0) {
      weights[at] += weight;
      return;
    }
    insert(-at - 1, mean, weight);
    if (size > limit) {
      joinClosest();
    }
  }

  private void insert(int at, double mean, double weight) {
    if (size == means.length) {
      int room = Math.min(limit + 1, Math.max(8, size * 2));
      means = Arrays.copyOf(means, room);
      weights = Arrays.copyOf(weights, room);
    }
    System.arraycopy(means, at, means, at + 1, size - at);
    System.arraycopy(weights, at, weights, at + 1, size - at);
    means[at] = mean;
    weights[at] = weight;
    size++;
  }

  void joinClosest() {
    int closest = 0;
    for (int i = 1; i < size - 1; i++) {
      if (means[i + 1] - means[i] < means[closest + 1] - means[closest]) {
        closest = i;
      }
    }
    double weight = weights[closest] + weights[closest + 1];
    means[closest] += (means[closest + 1] - means[closest]) * (weights[closest + 1] / weight);
    weights[closest] = weight;
    int after = size - closest - 2;
    System.arraycopy(means, closest + 2, means, closest + 1, after);
    System.arraycopy(weights, closest + 2, weights, closest + 1, after);
    size--;
  }

  void merge(HistogramBins from) {
    for (int i = 0; i < from.size; i++) {
      add(from.means[i], from.weights[i]);
    }
    least = Math.min(least, from.least);
    greatest = Math.max(greatest, from.greatest);
  }

  @Override
  public long bytes() {
    return 80 + 16L * means.length;
  }

  @Override
  public void write(Bytes to) {
    to.putVarint(size);
    for (int i = 0; i < size; i++) {
      to.putLong(Double.doubleToRawLongBits(means[i]));
      to.putLong(Double.doubleToRawLongBits(weights[i]));
    }
    to.putLong(Double.doubleToRawLongBits(least));
    to.putLong(Double.doubleToRawLongBits(greatest));
  }

  @Override
  public void read(Input from) {
    size = from.nextCount(2 * Double.BYTES, limit);
    means = new double[size];
    weights = new double[size];
    for (int i = 0; i < size; i++) {
      means[i] = from.nextDouble();
      weights[i] = from.nextDouble();
      from.check(Double.isFinite(means[i]) && (i == 0 || means[i - 1] < means[i]), "a bin");
      from.check(weights[i] >= 1 && weights[i] < 0x1p62, "a weight");
    }
    least = from.nextDouble();
    greatest = from.nextDouble();
  }
}
