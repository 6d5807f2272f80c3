// SPDX-License-Identifier: Apache-2.0
/// Reads the files of a data project: `.datasource`, `.pipe`, `.connection` and `.incl`.
///
/// **The path.** [ProjectFile]s in, definitions and problems with their places out.
///
/// **Threads.** Pure functions of their input.
///
/// **Invariants.** Any text is either read or refused with file, line and column; never an unnamed
/// exception.
///
/// **Not here.** Whether references exist and SQL is right is judged in `catalog.deployment`.
@Allows(rooms = {"catalog", "drift", "type", "error"})
@NullMarked
@CheckReturnValue
package kinglet.catalog.datafile;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
