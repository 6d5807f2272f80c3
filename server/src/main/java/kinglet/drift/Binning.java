// SPDX-License-Identifier: Apache-2.0
package kinglet.drift;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Where numbers are cut into bins: `(-inf, edge 1)`, `[edge 1, edge 2)`, ..., `[edge n, inf)`.
public sealed interface Binning {
  int BINS_MAX = 1000;

  /// Bins of equal width from the least value of the reference to its greatest.
  record EqualWidth(int bins) implements Binning {
    public EqualWidth {
      checkBins(bins);
    }

    @Override
    public double[] edges(Numbers reference) {
      double width = (reference.max() - reference.min()) / bins;
      return distinct(IntStream.range(1, bins).mapToDouble(i -> reference.min() + i * width));
    }
  }

  /// Bins that hold about as many values of the reference each; values that are there often make
  /// fewer bins of it.
  record EqualFrequency(int bins) implements Binning {
    public EqualFrequency {
      checkBins(bins);
    }

    @Override
    public double[] edges(Numbers reference) {
      return distinct(
          IntStream.range(1, bins)
              .mapToDouble(i -> reference.quantile((double) i / bins))
              .filter(edge -> edge > reference.min()));
    }
  }

  /// Bins between given edges.
  record Given(double[] edges) implements Binning {
    public Given {
      edges = distinct(Arrays.stream(edges));
      checkBins(edges.length + 1);
      if (!Arrays.stream(edges).allMatch(Double::isFinite)) {
        throw new IllegalArgumentException("edges are finite numbers");
      }
    }

    @Override
    public double[] edges(Numbers reference) {
      return edges.clone();
    }
  }

  /// The inner edges, ascending.
  double[] edges(Numbers reference);

  default Bins bins(Numbers reference, Numbers current) {
    double[] edges = edges(reference);
    return new Bins(counts(reference, edges), counts(current, edges));
  }

  private static long[] counts(Numbers numbers, double[] edges) {
    long[] counts = new long[edges.length + 1];
    int bin = 0;
    for (int i = 0; i < numbers.size(); i++) {
      while (bin < edges.length && numbers.value(i) >= edges[bin]) {
        bin++;
      }
      counts[bin] += numbers.count(i);
    }
    return counts;
  }

  private static double[] distinct(DoubleStream edges) {
    return edges.sorted().distinct().toArray();
  }

  private static void checkBins(int bins) {
    if (bins < 2 || bins > BINS_MAX) {
      throw new IllegalArgumentException("2 to " + BINS_MAX + " bins, not " + bins);
    }
  }
}
