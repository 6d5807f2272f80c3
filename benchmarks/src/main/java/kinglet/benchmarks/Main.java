// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// `./kinglet bench NAME... [--quick] [--values N]`.
final class Main {
  /// One benchmark; answers its page, or fails when an answer was wrong.
  @FunctionalInterface
  interface Benchmark {
    Page run(Home home, Plan plan) throws Exception;
  }

  private static final Map<String, Benchmark> BENCHMARKS =
      new TreeMap<>(
          Map.ofEntries(
              entry("batch", BatchBenchmark::run),
              entry("consistency", ConsistencyBenchmark::run),
              entry("fresh", FreshBenchmark::run),
              entry("import", ImportBenchmark::run),
              entry("ingest", IngestBenchmark::run),
              entry("inproc", InprocBenchmark::run),
              entry("memory", MemoryBenchmark::run),
              entry("mixed", MixedBenchmark::run),
              entry("read", ReadBenchmark::run),
              entry("recover", RecoverBenchmark::run),
              entry("scale", ScaleBenchmark::run),
              entry("sql", SqlBenchmark::run),
              entry("taxi", TaxiBenchmark::run),
              entry("train", TrainBenchmark::run),
              entry("train-large", TrainBenchmark::runLarge)));

  private static Map.Entry<String, Benchmark> entry(String name, Benchmark benchmark) {
    return Map.entry(name, benchmark);
  }

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    List<String> names = new ArrayList<>(List.of(arguments));
    boolean quick = names.removeIf("--quick"::equals);
    Plan plan = quick ? Plan.QUICK : Plan.FULL;
    int option = names.indexOf("--values");
    if (option >= 0 && option + 1 < names.size()) {
      plan = plan.withValues(Math.round(Double.parseDouble(names.remove(option + 1))));
      String _ = names.remove(option);
    }
    if (names.contains("all")) {
      names = List.copyOf(BENCHMARKS.keySet());
    }
    if (names.isEmpty() || !BENCHMARKS.keySet().containsAll(names)) {
      throw new IllegalArgumentException("benchmarks are " + BENCHMARKS.keySet() + " or all");
    }
    Home home = Home.find();
    for (String name : names) {
      Page page = run(name, home, plan);
      out.println(page);
      if (!quick) {
        Path written = page.write(home.pages(), name);
        out.println("wrote " + written);
      }
    }
    System.exit(0);
  }

  static Set<String> names() {
    return BENCHMARKS.keySet();
  }

  static Page run(String name, Home home, Plan plan) throws Exception {
    Benchmark benchmark = BENCHMARKS.get(name);
    if (benchmark == null) {
      throw new IllegalArgumentException("there is no benchmark " + name);
    }
    return benchmark.run(home, plan);
  }
}
