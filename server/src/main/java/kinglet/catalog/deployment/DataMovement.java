// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

/// Rows a deployment moves: a data source filled from the past of its views.
public record DataMovement(String dataSource, String kind, String view) {
  public static final String BACKFILL_WITH_VIEW = "backfill_with_mv_queries";
}
