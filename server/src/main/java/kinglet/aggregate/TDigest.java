// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;

/// Dunning's merging t-digest: centroids in rising order, small at both ends and larger in the
/// middle, and values that are not among them yet. Not thread-safe.
final class TDigest implements ObjectState<TDigest> {
  private static final double COMPRESSION = 100;
  private static final int CENTROIDS_MAX = 256;
  private static final int WAITING_MAX = 128;

  private double[] means = {};
  private double[] weights = {};
  private double[] waiting = {};
  private int waitingCount;
  private double least = Double.POSITIVE_INFINITY;
  private double greatest = Double.NEGATIVE_INFINITY;

  @Override
  public TDigest copy() {
    TDigest copy = new TDigest();
    copy.means = means;
    copy.weights = weights;
    copy.waiting = Arrays.copyOf(waiting, waitingCount);
    copy.waitingCount = waitingCount;
    copy.least = least;
    copy.greatest = greatest;
    return copy;
  }

  void add(double value) {
    if (waitingCount == WAITING_MAX) {
      compress();
    } else if (waitingCount == waiting.length) {
      // A copy's room is of any size.
      waiting = Arrays.copyOf(waiting, Math.min(WAITING_MAX, Math.max(8, waitingCount * 2)));
    }
    waiting[waitingCount++] = value;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }

  /// The arrays of centroids are never changed, only replaced.
  private void compress() {
    double[] values = Arrays.copyOf(waiting, waitingCount);
    Arrays.sort(values);
    double[] ones = new double[values.length];
    Arrays.fill(ones, 1);
    waitingCount = 0;
    join(values, ones);
  }

  void merge(TDigest from) {
    if (from.means.length > 0) {
      join(from.means, from.weights);
    }
    for (int i = 0; i < from.waitingCount; i++) {
      add(from.waiting[i]);
    }
    least = Math.min(least, from.least);
    greatest = Math.max(greatest, from.greatest);
  }

  private void join(double[] otherMeans, double[] otherWeights) {
    double total = Arrays.stream(weights).sum() + Arrays.stream(otherWeights).sum();
    double[] newMeans = new double[CENTROIDS_MAX];
    double[] newWeights = new double[CENTROIDS_MAX];
    int last = -1;
    double before = 0;
    double limit = 0;
    int mine = 0;
    int theirs = 0;
    while (mine < means.length || theirs < otherMeans.length) {
      boolean takeMine =
          theirs == otherMeans.length || (mine < means.length && means[mine] <= otherMeans[theirs]);
      double mean = takeMine ? means[mine] : otherMeans[theirs];
      double weight = takeMine ? weights[mine++] : otherWeights[theirs++];
      if (last >= 0 && before + newWeights[last] + weight <= limit) {
        newWeights[last] += weight;
        newMeans[last] += (mean - newMeans[last]) * weight / newWeights[last];
      } else {
        before += last < 0 ? 0 : newWeights[last];
        limit = total * nextShare(before / total);
        last++;
        newMeans[last] = mean;
        newWeights[last] = weight;
      }
    }
    means = Arrays.copyOf(newMeans, last + 1);
    weights = Arrays.copyOf(newWeights, last + 1);
  }

  /// How far a centroid may reach that begins at a share of the whole.
  private static double nextShare(double share) {
    double place = StrictMath.asin(2 * share - 1) + 2 * Math.PI / COMPRESSION;
    return place >= Math.PI / 2 ? 1 : (StrictMath.sin(place) + 1) / 2;
  }

  /// The values at the levels, or NaN.
  double[] quantiles(double[] levels) {
    TDigest whole = this;
    if (waitingCount > 0) {
      whole = copy();
      whole.compress();
    }
    double[] values = new double[levels.length];
    for (int i = 0; i < levels.length; i++) {
      values[i] = whole.quantile(levels[i]);
    }
    return values;
  }

  private double quantile(double level) {
    if (means.length == 0) {
      return Double.NaN;
    }
    double total = Arrays.stream(weights).sum();
    double rank = level * (total - 1);
    double before = 0;
    double lastPlace = 0;
    double lastMean = least;
    for (int i = 0; i < means.length; i++) {
      // A centroid stands in the middle of the ranks of its values.
      double place = before + (weights[i] - 1) / 2;
      if (rank <= place) {
        return between(lastPlace, lastMean, place, means[i], rank);
      }
      lastPlace = place;
      lastMean = means[i];
      before += weights[i];
    }
    return between(lastPlace, lastMean, total - 1, greatest, rank);
  }

  private static double between(
      double lowPlace, double low, double highPlace, double high, double place) {
    return highPlace <= lowPlace
        ? high
        : low + (high - low) * (place - lowPlace) / (highPlace - lowPlace);
  }

  @Override
  public long bytes() {
    return 88 + 8L * (means.length + weights.length + waiting.length);
  }

  @Override
  public void write(Bytes to) {
    writeAll(means, means.length, to);
    writeAll(weights, weights.length, to);
    writeAll(waiting, waitingCount, to);
    to.putLong(Double.doubleToRawLongBits(least));
    to.putLong(Double.doubleToRawLongBits(greatest));
  }

  private static void writeAll(double[] values, int count, Bytes to) {
    to.putVarint(count);
    for (int i = 0; i < count; i++) {
      to.putLong(Double.doubleToRawLongBits(values[i]));
    }
  }

  @Override
  public void read(Input from) {
    means = readAll(from, CENTROIDS_MAX);
    weights = readAll(from, CENTROIDS_MAX);
    from.check(means.length == weights.length, "a weight for each centroid");
    for (int i = 0; i < means.length; i++) {
      from.check(weights[i] >= 1 && weights[i] < 0x1p62, "a weight");
      from.check(i == 0 || means[i - 1] <= means[i], "the order of centroids");
    }
    waiting = readAll(from, WAITING_MAX);
    waitingCount = waiting.length;
    least = from.nextDouble();
    greatest = from.nextDouble();
  }

  private static double[] readAll(Input from, int limit) {
    double[] values = new double[from.nextCount(Double.BYTES, limit)];
    for (int i = 0; i < values.length; i++) {
      values[i] = from.nextDouble();
      from.check(Double.isFinite(values[i]), "a number");
    }
    return values;
  }
}
