// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import kinglet.catalog.CronSchedule;

/// Instructions that say when something runs.
final class Cron {
  private Cron() {}

  /// The value of an instruction that takes one of some words or a cron expression.
  static String schedule(Statement statement, String... words) {
    String value = Values.required(statement).strip();
    if (List.of(words).contains(value) || CronSchedule.parse(value).isPresent()) {
      return value;
    }
    throw new DatafileProblem(
        statement.rest().place(),
        statement.instruction()
            + " must be "
            + String.join(", ", words)
            + " or a cron expression of five fields, not '"
            + value
            + "'");
  }
}
