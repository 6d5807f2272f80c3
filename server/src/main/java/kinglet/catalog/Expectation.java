// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Duration;

/// What the rows of a data source are expected to be.
public sealed interface Expectation {
  /// A condition on each row; it holds where it is NULL, as a CHECK of SQL does.
  ///
  /// @param quarantine whether rows for which it does not hold go to quarantine
  record Check(String name, String condition, boolean quarantine) implements Expectation {
    @Override
    public String text() {
      return name + " CHECK " + condition + (quarantine ? " ON FAILURE QUARANTINE" : "");
    }
  }

  /// The newest row is not older.
  record Freshness(String name, Duration age) implements Expectation {
    @Override
    public String text() {
      return name + " FRESHNESS " + age.toSeconds() + " seconds";
    }
  }

  /// At least so many rows come in over a span.
  record Volume(String name, long rows, Duration span) implements Expectation {
    @Override
    public String text() {
      return name + " VOLUME " + rows + " PER " + span.toSeconds() + " seconds";
    }
  }

  String name();

  /// As a file says it.
  String text();
}
