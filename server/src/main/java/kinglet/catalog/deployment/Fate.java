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
  REBUILD,
  /// A new table takes the place of the old one; every row is moved to it.
  MIGRATE,
  /// An altered clone takes the place of the old table; rows that come meanwhile are moved to it.
  CLONE;

  /// Whether the data source gets a new table.
  boolean fresh() {
    return switch (this) {
      case KEEP, ALTER -> false;
      case CREATE, RECREATE, REBUILD, MIGRATE, CLONE -> true;
    };
  }

  /// Whether it is filled by what is sent and by views, and not from the table there was.
  boolean refilled() {
    return switch (this) {
      case CREATE, RECREATE, REBUILD -> true;
      case KEEP, ALTER, MIGRATE, CLONE -> false;
    };
  }

  /// Whether the rows that were there are in the new table too, moved and not computed again.
  boolean moved() {
    return this == MIGRATE || this == CLONE;
  }
}
