// SPDX-License-Identifier: Apache-2.0
package kinglet.drift;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A measure of how far current values lie from those of a reference.
public sealed interface Distance {
  /// A distance of the shares in bins or categories.
  enum OfBins implements Distance {
    /// Population stability index: the sum of `(q - p) ln(q / p)`.
    PSI(bins ->
        sum(
            bins,
            i -> {
              double p = bins.referenceShareAtLeast(i);
              double q = bins.currentShareAtLeast(i);
              return (q - p) * Math.log(q / p);
            })),
    /// Kullback-Leibler divergence of the current shares from the reference, in nats: the sum of `q
    /// ln(q / p)`.
    KULLBACK_LEIBLER(bins ->
        sum(
            bins,
            i -> {
              double q = bins.currentShare(i);
              return q == 0 ? 0 : q * Math.log(q / bins.referenceShareAtLeast(i));
            })),
    /// Jensen-Shannon distance: the root of the mean divergence, in nats, of both from their
    /// middle.
    JENSEN_SHANNON(bins ->
        Math.sqrt(
            Math.max(
                0,
                sum(
                    bins,
                    i -> {
                      double p = bins.referenceShare(i);
                      double q = bins.currentShare(i);
                      double middle = (p + q) / 2;
                      return (divergence(p, middle) + divergence(q, middle)) / 2;
                    })))),
    /// Hellinger distance: the Euclidean distance of the roots of the shares over the root of two.
    HELLINGER(bins ->
        Math.sqrt(
            sum(
                    bins,
                    i -> {
                      double apart =
                          Math.sqrt(bins.referenceShare(i)) - Math.sqrt(bins.currentShare(i));
                      return apart * apart;
                    })
                / 2)),
    /// The chi-square statistic of the two-sample test of homogeneity.
    CHI_SQUARE(bins -> {
      double all = (double) bins.referenceTotal() + bins.currentTotal();
      return sum(
          bins,
          i -> {
            double inBin = (double) bins.reference(i) + bins.current(i);
            return inBin == 0
                ? 0
                : deviation(bins.reference(i), inBin * bins.referenceTotal() / all)
                    + deviation(bins.current(i), inBin * bins.currentTotal() / all);
          });
    });

    private final ToDoubleFunction<Bins> formula;

    OfBins(ToDoubleFunction<Bins> formula) {
      this.formula = formula;
    }

    public double of(Bins bins) {
      return formula.applyAsDouble(bins);
    }

    private interface Term {
      double of(int bin);
    }

    private static double sum(Bins bins, Term term) {
      return IntStream.range(0, bins.size()).mapToDouble(term::of).sum();
    }

    private static double divergence(double share, double middle) {
      return share == 0 ? 0 : share * Math.log(share / middle);
    }

    private static double deviation(double observed, double expected) {
      double apart = observed - expected;
      return apart * apart / expected;
    }
  }

  /// A distance of numbers as they are, without bins.
  enum OfNumbers implements Distance {
    /// Kolmogorov-Smirnov: the greatest difference of the two cumulative shares.
    KOLMOGOROV_SMIRNOV {
      @Override
      double step(double sofar, double apart, double width) {
        return Math.max(sofar, apart);
      }
    },
    /// Wasserstein, the earth mover's distance: the area between the two cumulative shares, in
    /// units of the feature.
    WASSERSTEIN {
      @Override
      double step(double sofar, double apart, double width) {
        return sofar + apart * width;
      }
    };

    /// @param apart the difference of the cumulative shares from a value to the following one
    /// @param width how far that one is
    abstract double step(double sofar, double apart, double width);

    public double of(Numbers reference, Numbers current) {
      double distance = 0;
      long referenceSeen = 0;
      long currentSeen = 0;
      int r = 0;
      int c = 0;
      while (r < reference.size() || c < current.size()) {
        double at = Math.min(value(reference, r), value(current, c));
        if (value(reference, r) == at) {
          referenceSeen += reference.count(r++);
        }
        if (value(current, c) == at) {
          currentSeen += current.count(c++);
        }
        double following = Math.min(value(reference, r), value(current, c));
        if (following < Double.POSITIVE_INFINITY) {
          double apart =
              Math.abs(
                  (double) referenceSeen / reference.total()
                      - (double) currentSeen / current.total());
          distance = step(distance, apart, following - at);
        }
      }
      return distance;
    }

    private static double value(Numbers numbers, int place) {
      return place < numbers.size() ? numbers.value(place) : Double.POSITIVE_INFINITY;
    }
  }

  private static Stream<Distance> all() {
    return Stream.concat(Arrays.stream(OfBins.values()), Arrays.stream(OfNumbers.values()));
  }

  /// The word of a monitor, such as `jensen_shannon`.
  static Optional<Distance> named(String word) {
    return all().filter(distance -> distance.word().equals(word)).findFirst();
  }

  static List<String> words() {
    return all().map(Distance::word).toList();
  }

  String name();

  default String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
