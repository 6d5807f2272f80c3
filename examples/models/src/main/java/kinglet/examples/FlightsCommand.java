// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import kinglet.client.FeatureVectors;
import kinglet.client.KingletClient;
import kinglet.client.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Says of flights that leave within the hour how likely they are late, by the features of now.
@Command(
    name = "flights",
    description = "Score the next flights of the busiest routes.",
    mixinStandardHelpOptions = true)
final class FlightsCommand implements Callable<Integer> {
  /// The busiest routes, and the hour in which their next flights leave.
  private static final String ROUTES =
      """
      SELECT
          origin,
          destination,
          count() AS flights,
          any(distance_miles) AS miles,
          toHour((SELECT max(departed_at) FROM flights) + INTERVAL 1 HOUR) AS hour
      FROM flights
      WHERE departed_at > (SELECT max(departed_at) FROM flights) - INTERVAL 7 DAY
      GROUP BY origin, destination
      ORDER BY flights DESC, origin, destination
      LIMIT %d
      """;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "what train has written")
  private Path file = Path.of("");

  @Option(
      names = "--routes",
      paramLabel = "N",
      defaultValue = "10",
      description = "how many routes (default ${DEFAULT-VALUE})")
  private int count = 10;

  /// A flight to come, and how likely it is late.
  private record Scored(Row features, double chance) {}

  @Override
  public Integer call() throws IOException {
    Model model = Model.read(file);
    try (KingletClient kinglet = server.connect()) {
      List<Row> routes = kinglet.sql(ROUTES.formatted(count));
      // The first call makes the connection and compiles what it runs.
      List<Scored> unused = scored(model, read(kinglet, routes));
      long start = System.nanoTime();
      FeatureVectors vectors = read(kinglet, routes);
      long read = System.nanoTime();
      List<Scored> scored = scored(model, vectors);
      print(scored, (read - start) / 1e6, (System.nanoTime() - read) / 1e6);
    }
    return 0;
  }

  private static FeatureVectors read(KingletClient kinglet, List<Row> routes) {
    return kinglet
        .features("departure_delay")
        .key("origin", column(routes, "origin"))
        .key("destination", column(routes, "destination"))
        .parameter("hour", column(routes, "hour"))
        .parameter("miles", column(routes, "miles"))
        .read();
  }

  private static List<Scored> scored(Model model, FeatureVectors vectors) {
    return IntStream.range(0, vectors.size())
        .mapToObj(vectors::row)
        .map(row -> new Scored(row, model.chance(row.values())))
        .sorted(Comparator.comparingDouble(Scored::chance).reversed())
        .toList();
  }

  private static List<?> column(List<Row> rows, String name) {
    return rows.stream().map(row -> row.values().get(name)).toList();
  }

  private void print(List<Scored> scored, double readMillis, double scoreMillis) {
    PrintWriter print = spec.commandLine().getOut();
    print.printf(
        Locale.ROOT,
        "%d flights to come: features read in %.1f ms, scored in %.2f ms%n%n",
        scored.size(),
        readMillis,
        scoreMillis);
    print.printf(
        "  %-12s %6s  %13s  %19s%n", "route", "late", "late_share_6h", "route_late_share_7d");
    for (Scored one : scored) {
      print.printf(
          Locale.ROOT,
          "  %-3s to %-5s %5.1f%%  %13s  %19s%n",
          one.features().getString("origin"),
          one.features().getString("destination"),
          100 * one.chance(),
          share(one.features(), "late_share_6h"),
          share(one.features(), "route_late_share_7d"));
    }
    print.flush();
  }

  private static String share(Row features, String column) {
    Double share = features.getDouble(column);
    return share == null ? "" : String.format(Locale.ROOT, "%.3f", share);
  }
}
