// SPDX-License-Identifier: Apache-2.0
/// Puts new rows in the place of those of a data source and of what its views made of them, fills
/// views from what there is, and keeps copies of it.
///
/// **The path.** [Replacements#begin] makes a new table beside the data source's; rows reach it as
/// they reach any data source, under a number of its own. [Replacements#finish] holds the flusher,
/// adds the rows that came meanwhile, makes new tables for the targets of views, and exchanges all
/// of them with the old ones. [Populations] fills the target of one view. [Exchanges] lets new
/// tables take the places of others whatever happens. [Snapshots] keeps tables as they are.
///
/// **Threads.** The thread of a request or a job; one replacement of a workspace ends at a time,
/// and none while a deployment runs.
///
/// **Invariants.** A reader sees a table as it was or as it will be. What is decided is finished
/// after a crash, what is not is taken back. A row that was accepted after the beginning is in the
/// new table.
///
/// **Not here.** Reading the new rows (`ingest`).
@Allows(
    rooms = {
      "catalog",
      "catalog.deployment",
      "clickhouse",
      "database",
      "error",
      "journal",
      "sql",
      "thread",
      "type"
    },
    libraries = {"org.jdbi.v3", "java.sql", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.catalog.replacement;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
