// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a job does; the wire has the names in lower case.
public enum JobKind {
  /// Appends a file to a data source, or puts it in the place of rows.
  IMPORT,
  /// Fills the target of a materialized view from its source.
  POPULATEVIEW,
  /// Writes the result of a copy pipe into a data source.
  COPY,
  /// Gives a new branch the resources of its workspace.
  DEPLOY_BRANCH,
  /// Gives a branch rows of its workspace.
  DATA_BRANCH,
  /// Compares what was read of features with their history.
  VERIFICATION,
  /// Compares what was served of features with a reference.
  MONITOR,
  /// Removes the rows of a data source that match a condition.
  DELETE_DATA,
  /// Builds a training set.
  TRAINING_SET,
  /// Makes a snapshot of a data source.
  SNAPSHOT,
  /// Removes an entity from features and from the data sources they are made of.
  DELETE_ENTITY;

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<JobKind> find(String wire) {
    return Arrays.stream(values()).filter(kind -> kind.wire().equals(wire)).findFirst();
  }
}
