// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

/// A data skipping index of a data source.
///
/// @param type with its arguments, such as `set(100)`
/// @param granularity in granules of the table, at least 1
public record Index(String name, String expression, String type, int granularity) {
  public String sql() {
    return "INDEX "
        + Identifiers.quote(name)
        + " "
        + expression
        + " TYPE "
        + type
        + " GRANULARITY "
        + granularity;
  }
}
