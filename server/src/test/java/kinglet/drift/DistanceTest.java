// SPDX-License-Identifier: Apache-2.0
package kinglet.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every distance against SciPy's, on the random samples of `drift/distances.csv`.
final class DistanceTest {
  private static final List<String> COLUMNS =
      List.of(
          "psi",
          "kullback_leibler",
          "jensen_shannon",
          "hellinger",
          "chi_square",
          "kolmogorov_smirnov",
          "wasserstein");

  static Stream<String> lines() throws IOException {
    return Files.readAllLines(Path.of("src/test/resources/drift/distances.csv")).stream().skip(1);
  }

  @ParameterizedTest
  @MethodSource("lines")
  void equalsTheOneOfSciPy(String line) {
    String[] fields = line.split(";", -1);
    boolean numbers = fields[0].equals("numbers");
    Bins bins =
        numbers
            ? new Binning.Given(doubles(fields[3])).bins(numbers(fields[1]), numbers(fields[2]))
            : Categories.bins(categories(fields[1]), categories(fields[2]));
    for (int i = 0; i < COLUMNS.size(); i++) {
      String expected = fields[4 + i];
      if (!expected.isEmpty()) {
        double given =
            switch (Distance.named(COLUMNS.get(i)).orElseThrow()) {
              case Distance.OfBins distance -> distance.of(bins);
              case Distance.OfNumbers distance ->
                  distance.of(numbers(fields[1]), numbers(fields[2]));
            };
        assertThat(given).as(COLUMNS.get(i)).isCloseTo(Double.parseDouble(expected), near(given));
      }
    }
  }

  /// Roots of what cancels out are right to the root of the last bit.
  private static Offset<Double> near(double value) {
    return within(Math.abs(value) * 1e-9 + 1e-8);
  }

  private static double[] doubles(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  private static Numbers numbers(String text) {
    TreeMap<Double, Long> counts = new TreeMap<>();
    for (double value : doubles(text)) {
      counts.merge(value, 1L, Long::sum);
    }
    return Numbers.of(
        counts.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
        counts.values().stream().mapToLong(Long::longValue).toArray());
  }

  private static Categories categories(String text) {
    TreeMap<String, Long> counts = new TreeMap<>();
    double[] each = doubles(text);
    for (int i = 0; i < each.length; i++) {
      if (each[i] > 0) {
        counts.put("c" + i, (long) each[i]);
      }
    }
    return new Categories(counts);
  }

  @Test
  void isNothingForEqualShares() {
    Numbers one = Numbers.of(new double[] {1, 2, 5}, new long[] {1, 2, 3});
    Numbers ten = Numbers.of(new double[] {1, 2, 5}, new long[] {10, 20, 30});
    Bins bins = new Binning.EqualWidth(4).bins(one, ten);
    for (Distance.OfBins distance : Distance.OfBins.values()) {
      assertThat(distance.of(bins)).isCloseTo(0, within(1e-12));
    }
    for (Distance.OfNumbers distance : Distance.OfNumbers.values()) {
      assertThat(distance.of(one, ten)).isZero();
    }
  }

  @Test
  void binsAreCutWhereTheReferenceSays() {
    Numbers reference = Numbers.of(new double[] {0, 1, 2, 3, 10}, new long[] {5, 1, 1, 1, 2});
    Numbers current = Numbers.of(new double[] {-7, 2.5, 99}, new long[] {1, 2, 3});
    assertThat(new Binning.EqualWidth(5).edges(reference)).containsExactly(2, 4, 6, 8);
    assertThat(new Binning.EqualFrequency(5).edges(reference)).containsExactly(1, 3);
    Bins bins = new Binning.EqualWidth(5).bins(reference, current);
    assertThat(counts(bins, true)).containsExactly(6, 2, 0, 0, 2);
    assertThat(counts(bins, false)).containsExactly(1, 2, 0, 0, 3);
  }

  private static long[] counts(Bins bins, boolean reference) {
    long[] counts = new long[bins.size()];
    Arrays.setAll(counts, i -> reference ? bins.reference(i) : bins.current(i));
    return counts;
  }

  @Test
  void oneValueOnlyMakesOneBin() {
    Numbers one = Numbers.of(new double[] {4}, new long[] {9});
    assertThat(new Binning.EqualFrequency(10).bins(one, one).size()).isEqualTo(1);
    assertThat(Distance.OfBins.PSI.of(new Binning.EqualFrequency(10).bins(one, one))).isZero();
  }

  @Test
  void whatIsNoSampleIsRefused() {
    assertThatThrownBy(() -> Numbers.of(new double[0], new long[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Numbers.of(new double[] {2, 1}, new long[] {1, 1}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Categories.of(Map.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Binning.EqualWidth(1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Binning.Given(new double[] {Double.NaN}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
