// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Monitor;
import kinglet.catalog.Monitor.Reference;

/// Reads one `.monitor` file.
final class MonitorReader {
  private static final String ON_DEMAND = "@on-demand";
  private static final Duration WINDOW_MIN = Duration.ofMinutes(1);

  /// As long as reads are kept.
  private static final Duration WINDOW_MAX = Duration.ofDays(30);

  private final ProjectFile file;
  private final Findings findings;
  private final Map<String, Place> places = new HashMap<>();
  private String description = "";
  private String features = "";
  private Reference reference = new Reference.Preceding(WINDOW_MAX);
  private Duration window = Monitor.DEFAULT_WINDOW;
  private long valuesMin = Monitor.DEFAULT_VALUES_MIN;
  private Optional<String> schedule = Optional.of(Monitor.DEFAULT_SCHEDULE);
  private Optional<String> webhook = Optional.empty();
  private Optional<String> webhookSecret = Optional.empty();
  private List<WatchesReader.Line> watches = List.of();

  MonitorReader(ProjectFile file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  /// @param text of the file, with what it includes
  MonitorFile read(List<Statement> statements, String text) {
    for (Statement statement : statements) {
      try {
        if (places.put(statement.instruction(), statement.place()) != null) {
          throw new DatafileProblem(statement.place(), statement.instruction() + " stands twice");
        }
        apply(statement);
      } catch (DatafileProblem problem) {
        findings.error(problem.place(), problem.text());
      }
    }
    for (String needed : List.of("FEATURES", "REFERENCE", "DISTANCES")) {
      if (!places.containsKey(needed)) {
        findings.error(new Place(file.path(), 1, 1), "A monitor needs " + needed);
      }
    }
    WebhookAddress.checkSecret(places, findings);
    Monitor monitor =
        new Monitor(
            file.resourceName(),
            description,
            features,
            reference,
            window,
            valuesMin,
            schedule,
            webhook,
            webhookSecret,
            watches.stream().map(WatchesReader.Line::watch).toList(),
            text);
    return new MonitorFile(
        file.path(), monitor, places, watches.stream().map(WatchesReader.Line::place).toList());
  }

  private void apply(Statement statement) {
    switch (statement.instruction()) {
      case "DESCRIPTION" -> description = statement.value();
      case "FEATURES" -> features = Values.required(statement);
      case "REFERENCE" -> reference = reference(statement);
      case "WINDOW" -> window = span(statement, statement.value());
      case "VALUES_MIN" -> valuesMin = count(statement);
      case "SCHEDULE" -> {
        String value = Cron.schedule(statement, ON_DEMAND);
        schedule = value.equals(ON_DEMAND) ? Optional.empty() : Optional.of(value);
      }
      case WebhookAddress.INSTRUCTION -> webhook = Optional.of(WebhookAddress.read(statement));
      case WebhookAddress.SECRET -> webhookSecret = Optional.of(WebhookAddress.secret(statement));
      case "DISTANCES" -> watches = new WatchesReader().read(statement);
      default ->
          throw new DatafileProblem(
              statement.place(), statement.instruction() + " must start in the first column");
    }
  }

  private static long count(Statement statement) {
    String value = statement.value();
    if (!value.matches("[1-9][0-9]{0,8}")) {
      throw new DatafileProblem(
          statement.rest().place(),
          "VALUES_MIN is a number of values from 1, such as 100, not '" + value + "'");
    }
    return Long.parseLong(value);
  }

  private static Reference reference(Statement statement) {
    List<Word> words = statement.words();
    String kind = words.isEmpty() ? "" : words.getFirst().text().toUpperCase(Locale.ROOT);
    if (kind.equals("TRAINING_SET") && words.size() == 2) {
      return new Reference.TrainingSet(words.get(1).text());
    }
    if (kind.equals("FROM") && words.size() == 4 && words.get(2).text().equalsIgnoreCase("TO")) {
      Instant from = time(words.get(1));
      Instant to = time(words.get(3));
      if (!from.isBefore(to)) {
        throw new DatafileProblem(words.get(3).place(), "The range ends before it begins");
      }
      return new Reference.Range(from, to);
    }
    if (kind.equals("PRECEDING") && words.size() > 1) {
      return new Reference.Preceding(
          span(statement, statement.rest().text().substring(kind.length()).strip()));
    }
    throw new DatafileProblem(
        statement.place(),
        "REFERENCE takes TRAINING_SET name, FROM time TO time, or PRECEDING span");
  }

  private static Instant time(Word word) {
    try {
      return OffsetDateTime.parse(word.text()).toInstant();
    } catch (DateTimeParseException _) {
      throw new DatafileProblem(
          word.place(),
          "'" + word.text() + "' is not a time with an offset, such as 2026-01-31T00:00:00Z");
    }
  }

  private static Duration span(Statement statement, String text) {
    return Values.span(text)
        .filter(span -> span.compareTo(WINDOW_MIN) >= 0 && span.compareTo(WINDOW_MAX) <= 0)
        .orElseThrow(() ->
            new DatafileProblem(
                statement.rest().place(),
                statement.instruction()
                    + " takes a span of time from 1 minute to 30 days, such as 24 hours, not '"
                    + text
                    + "'"));
  }
}
