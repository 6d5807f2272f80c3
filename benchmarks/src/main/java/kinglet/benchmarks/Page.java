// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A dated result page: command, commit, machine, then the tables of figures.
final class Page {
  private final StringBuilder text = new StringBuilder();

  Page(String title, String command) {
    line("# " + title).line("");
    line("| | |").line("| --- | --- |");
    line("| date | " + LocalDate.now() + " |");
    line("| command | `" + command + "` |");
    line("| commit | " + output("git", "rev-parse", "--short", "HEAD") + " |");
    line("| machine | " + machine() + " |");
    line("| JVM | " + System.getProperty("java.vm.version") + options() + " |").line("");
  }

  Page line(String line) {
    text.append(line).append('\n');
    return this;
  }

  Page row(Object... cells) {
    return line(cells(cells));
  }

  /// A row of a table.
  static String cells(Object... cells) {
    List<String> texts = new ArrayList<>();
    for (Object cell : cells) {
      texts.add(cell instanceof Double number ? figure(number) : String.valueOf(cell));
    }
    return "| " + String.join(" | ", texts) + " |";
  }

  Page header(String... cells) {
    return row((Object[]) cells).line("|" + " --- |".repeat(cells.length));
  }

  Path write(Path directory, String name) {
    try {
      Files.createDirectories(directory);
      Path page = directory.resolve(LocalDate.now() + "-" + name + ".md");
      Files.writeString(page, text);
      return page;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }

  static String figure(double value) {
    if (value >= 1_000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }

  /// How the JVM was started, as far as it matters to how fast it is.
  private static String options() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("-X") || option.startsWith("-Djdk."))
        .map(option -> ", `" + option + "`")
        .collect(Collectors.joining());
  }

  private static String machine() {
    String model = "";
    try {
      model =
          Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 2))
              .findFirst()
              .orElse("");
    } catch (IOException unreadable) {
      model = System.getProperty("os.arch");
    }
    return Runtime.getRuntime().availableProcessors() + " cores, " + model;
  }

  private static String output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? output.strip() : "unknown";
    } catch (IOException unavailable) {
      return "unknown";
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
