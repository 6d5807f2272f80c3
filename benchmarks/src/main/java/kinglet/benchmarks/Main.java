// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `./kinglet bench NAME... [--quick]`.
final class Main {
  /// One benchmark; answers its page, or fails when an answer was wrong.
  @FunctionalInterface
  interface Benchmark {
    Page run(Home home, Plan plan) throws Exception;
  }

  private static final Map<String, Benchmark> BENCHMARKS =
      new TreeMap<>(
          Map.of(
              "batch", BatchBenchmark::run,
              "fresh", FreshBenchmark::run,
              "import", ImportBenchmark::run,
              "ingest", IngestBenchmark::run,
              "inproc", InprocBenchmark::run,
              "read", ReadBenchmark::run,
              "sql", SqlBenchmark::run,
              "taxi", TaxiBenchmark::run));

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    List<String> names = new ArrayList<>(List.of(arguments));
    boolean quick = names.removeIf("--quick"::equals);
    if (names.contains("all")) {
      names = List.copyOf(BENCHMARKS.keySet());
    }
    if (names.isEmpty() || !BENCHMARKS.keySet().containsAll(names)) {
      throw new IllegalArgumentException("benchmarks are " + BENCHMARKS.keySet() + " or all");
    }
    Home home = Home.find();
    for (String name : names) {
      Page page = run(name, home, quick ? Plan.QUICK : Plan.FULL);
      out.println(page);
      if (!quick) {
        Path written = page.write(home.pages(), name);
        out.println("wrote " + written);
      }
    }
    System.exit(0);
  }

  static Page run(String name, Home home, Plan plan) throws Exception {
    Benchmark benchmark = BENCHMARKS.get(name);
    if (benchmark == null) {
      throw new IllegalArgumentException("there is no benchmark " + name);
    }
    return benchmark.run(home, plan);
  }
}
