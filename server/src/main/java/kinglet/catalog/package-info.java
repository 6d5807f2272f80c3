// SPDX-License-Identifier: Apache-2.0
/// What a workspace holds: data sources, pipes and their kinds, as one immutable snapshot.
///
/// **The path.** [Catalog] knows the [Workspace]s and gives the current [Resources] of each; a
/// [DataSource] says where its rows are stored; a [CompiledPipe] turns arguments into one query.
/// [Shares] says which [DataSource]s of other workspaces they hold too, to be read.
/// `catalog.datafile` reads the files of a project, `catalog.deployment` makes them current.
///
/// **Threads.** Everything handed out is immutable and may be read on any thread; the switch to a
/// new snapshot is one volatile write per workspace.
///
/// **Invariants.** The numeric id of a data source is never used again. A reader sees the resources
/// of one deployment, never a mixture of two.
///
/// **Not here.** Tokens are in `auth`; running a compiled pipe is in `query`; storing rows is in
/// `ingest`.
@Allows(
    rooms = {
      "database",
      "clickhouse",
      "drift",
      "template",
      "sql",
      "type",
      "error",
      "thread",
      "time"
    },
    libraries = {"org.jdbi.v3", "java.sql", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.catalog;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
