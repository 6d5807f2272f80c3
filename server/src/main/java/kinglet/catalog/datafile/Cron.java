// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// The five fields of a cron expression.
final class Cron {
  private static final String ITEM = "(\\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?";
  private static final String FIELD = ITEM + "(," + ITEM + ")*";

  /// Five fields with blanks between.
  static final String PATTERN = FIELD + "(\\s+" + FIELD + "){4}";

  private Cron() {}
}
