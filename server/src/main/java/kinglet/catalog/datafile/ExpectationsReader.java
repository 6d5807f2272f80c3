// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.Expectation;

/// Reads `EXPECTATIONS`, one a line.
final class ExpectationsReader {
  private static final int COUNT_MAX = 50;
  private static final Pattern LINE =
      Pattern.compile(
          "(?i)([A-Za-z_][A-Za-z0-9_]{0,63})\\s+(CHECK|FRESHNESS|VOLUME)\\s+(.*?)\\s*,?");
  private static final Pattern ON_FAILURE =
      Pattern.compile("(?i)(.*?)\\s+ON\\s+FAILURE\\s+QUARANTINE");
  private static final Pattern VOLUME = Pattern.compile("(?i)([1-9][0-9]{0,14})\\s+PER\\s+(.+)");

  private final Set<String> names = new HashSet<>();

  List<ExpectationFile> read(Statement statement) {
    Statement.Block block = statement.block();
    if (block == null) {
      throw new DatafileProblem(
          statement.place(), "EXPECTATIONS must be multiline: EXPECTATIONS >");
    }
    List<ExpectationFile> expectations = new ArrayList<>();
    for (SourceLine line : block.trimmed()) {
      String text = line.text().strip();
      if (!text.isEmpty() && !text.startsWith("#") && !text.startsWith("--")) {
        expectations.add(expectation(line, text));
      }
    }
    if (expectations.size() > COUNT_MAX) {
      throw new DatafileProblem(
          statement.place(), "A data source has at most " + COUNT_MAX + " expectations");
    }
    return expectations;
  }

  private ExpectationFile expectation(SourceLine line, String text) {
    int indent = Statement.Block.indent(line.text());
    Matcher form = LINE.matcher(text);
    if (!form.matches() || form.group(3).isEmpty()) {
      throw new DatafileProblem(
          line.at(indent + 1),
          "An expectation is: name CHECK condition [ON FAILURE QUARANTINE], name FRESHNESS span, or"
              + " name VOLUME rows PER span");
    }
    String name = form.group(1);
    if (!names.add(name)) {
      throw new DatafileProblem(line.at(indent + 1), "The expectation '" + name + "' stands twice");
    }
    Place place = line.at(indent + form.start(3) + 1);
    String rest = form.group(3);
    Expectation expectation =
        switch (form.group(2).toUpperCase(Locale.ROOT)) {
          case "CHECK" -> check(name, rest);
          case "FRESHNESS" -> new Expectation.Freshness(name, span(place, rest));
          default -> volume(place, name, rest);
        };
    return new ExpectationFile(expectation, place);
  }

  private static Expectation check(String name, String rest) {
    Matcher quarantine = ON_FAILURE.matcher(rest);
    return quarantine.matches()
        ? new Expectation.Check(name, quarantine.group(1), true)
        : new Expectation.Check(name, rest, false);
  }

  private static Expectation volume(Place place, String name, String rest) {
    Matcher volume = VOLUME.matcher(rest);
    if (!volume.matches()) {
      throw new DatafileProblem(
          place, "VOLUME takes a number of rows and a span, such as VOLUME 100 PER 1 hour");
    }
    return new Expectation.Volume(
        name, Long.parseLong(volume.group(1)), span(place, volume.group(2)));
  }

  private static Duration span(Place place, String text) {
    Duration span =
        Values.span(text)
            .orElseThrow(() ->
                new DatafileProblem(
                    place,
                    "'" + text + "' is not a span of time such as 10 minutes, 1 hour or 7 days"));
    if (span.compareTo(Duration.ofMinutes(1)) < 0 || span.compareTo(Duration.ofDays(31)) > 0) {
      throw new DatafileProblem(place, "The span is between 1 minute and 31 days");
    }
    return span;
  }
}
