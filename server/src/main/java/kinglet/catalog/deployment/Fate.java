// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

/// What a deployment does with the table of a data source.
enum Fate {
  /// The table stays as it is.
  KEEP,
  /// The table is altered in place.
  ALTER,
  /// There was none before.
  CREATE,
  /// A new table takes the place of an empty one.
  RECREATE,
  /// A new table takes the place of the old one and is filled by the views that feed it.
  REBUILD;

  /// Whether the data source gets a new table.
  boolean fresh() {
    return switch (this) {
      case KEEP, ALTER -> false;
      case CREATE, RECREATE, REBUILD -> true;
    };
  }
}
