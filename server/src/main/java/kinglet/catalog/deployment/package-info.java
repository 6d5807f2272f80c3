// SPDX-License-Identifier: Apache-2.0
/// Makes the files of a project the current resources of a workspace, all of them or none.
///
/// **The path.** [ProjectDeployments#deploy] reads the files, [ReferenceCheck] looks up every name,
/// [Rehearsal] lets ClickHouse judge the whole project in a database of its own, [Planner] decides
/// what becomes of each table and view, [PlanWriter] writes that down as statements with their
/// undoing ([Intent]), [DeploymentRun] carries it out and switches.
///
/// **Threads.** One deployment at a time for each workspace; a second one is refused.
///
/// **Invariants.** Until the switch nothing a reader sees has changed, and everything that was done
/// can be undone; after it nothing is undone, what is left is finished at the next start.
///
/// **Not here.** Reading files is in `catalog.datafile`; the resources are in `catalog`.
@Allows(
    rooms = {
      "catalog",
      "database",
      "clickhouse",
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
package kinglet.catalog.deployment;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
