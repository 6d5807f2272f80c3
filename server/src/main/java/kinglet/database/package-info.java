// SPDX-License-Identifier: Apache-2.0
/// The relational database of the catalogue: SQLite in a file.
///
/// **The path.** [Database#open] migrates the file to the current form; [Database#read] and
/// [Database#write] run work in a transaction.
///
/// **Threads.** SQLite is native and waits for the disk: all work runs on the one platform thread
/// that owns the connection, callers wait for it.
///
/// **Invariants.** A write that returned is on disk. Migrations only ever grow.
///
/// **Not here.** What is stored is the business of `catalog` and `auth`.
@Allows(
    rooms = {"error", "thread"},
    libraries = {"org.jdbi.v3", "org.flywaydb", "org.sqlite", "java.sql", "javax.sql"})
@NullMarked
@CheckReturnValue
package kinglet.database;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
