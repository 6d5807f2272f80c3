// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Random;

/// Taxi trips by a seed, in the shape of New York's of the first half of 2016: two vendors, mostly
/// one passenger, durations by a logarithmic normal law around eleven minutes, more trips in the
/// evening than at night.
final class TaxiTrips {
  private static final long SEED = 2016;
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final int DAYS = 182;
  private static final int[] HOUR_WEIGHTS = {
    37, 27, 19, 15, 11, 10, 23, 38, 46, 46, 45, 47, 49, 49, 51, 49, 44, 52, 62, 62, 58, 58, 55, 48
  };
  private static final int[] PASSENGERS = {71, 14, 4, 2, 5, 4};

  private final long[] times;
  private final Random random = new Random(SEED);

  /// @param endMicros the time of the last trip
  TaxiTrips(int count, long endMicros) {
    times = new long[count];
    long first = endMicros - DAYS * DAY_MICROS;
    for (int trip = 0; trip < count; trip++) {
      long hour = draw(HOUR_WEIGHTS);
      long within = (long) ((hour + random.nextDouble()) * DAY_MICROS / 24);
      times[trip] = first + random.nextLong(DAYS) * DAY_MICROS + within;
    }
    Arrays.sort(times);
  }

  private int draw(int[] weights) {
    int left = random.nextInt(Arrays.stream(weights).sum());
    int at = 0;
    while (left >= weights[at]) {
      left -= weights[at++];
    }
    return at;
  }

  /// One trip.
  record Trip(
      long micros,
      int vendor,
      int passengers,
      int seconds,
      double pickupLongitude,
      double pickupLatitude,
      double dropoffLongitude) {
    void line(StringBuilder lines) {
      lines
          .append("{\"pickup_at\":\"")
          .append(Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
          .append("\",\"vendor_id\":")
          .append(vendor)
          .append(",\"passenger_count\":")
          .append(passengers)
          .append(",\"trip_duration\":")
          .append(seconds)
          .append(",\"pickup_longitude\":")
          .append(pickupLongitude)
          .append(",\"pickup_latitude\":")
          .append(pickupLatitude)
          .append(",\"dropoff_longitude\":")
          .append(dropoffLongitude)
          .append("}\n");
    }

    private String comma() {
      return micros
          + ","
          + vendor
          + ","
          + passengers
          + ","
          + seconds
          + ","
          + pickupLongitude
          + ","
          + pickupLatitude
          + ","
          + dropoffLongitude
          + "\n";
    }
  }

  int count() {
    return times.length;
  }

  private Trip next(int number) {
    int vendor = random.nextInt(100) < 47 ? 1 : 2;
    int passengers = 1 + draw(PASSENGERS);
    int seconds = (int) Math.clamp(662 * Math.exp(0.72 * random.nextGaussian()), 1, 86_400);
    double longitude = degrees(-73.9735, 0.03);
    double latitude = degrees(40.7509, 0.027);
    return new Trip(
        times[number], vendor, passengers, seconds, longitude, latitude, degrees(-73.9734, 0.035));
  }

  private double degrees(double middle, double spread) {
    return Math.round((middle + spread * random.nextGaussian()) * 1e6) / 1e6;
  }

  /// Takes the trips in parts.
  @FunctionalInterface
  interface Lines {
    void take(byte[] lines, int count) throws IOException;
  }

  /// All trips once: as NDJSON in parts, and into a file of comma-separated values.
  void each(int part, Lines lines, Path file) throws IOException {
    try (BufferedWriter values = Files.newBufferedWriter(file)) {
      for (int from = 0; from < times.length; from += part) {
        int to = Math.min(times.length, from + part);
        StringBuilder text = new StringBuilder(220 * part);
        for (int number = from; number < to; number++) {
          Trip trip = next(number);
          trip.line(text);
          values.write(trip.comma());
        }
        lines.take(text.toString().getBytes(StandardCharsets.UTF_8), to - from);
      }
    }
  }
}
