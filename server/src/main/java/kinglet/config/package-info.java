// SPDX-License-Identifier: Apache-2.0
/// The server's configuration: one immutable tree, read once.
///
/// **The path.** [ConfigReader] reads a TOML file, puts environment overrides over it and both over
/// the defaults of [Config], and fails on every key it does not know. `server` hands the parts to
/// the rooms as their own settings.
///
/// **Threads.** Immutable values only.
///
/// **Invariants.** Each key has a default, a typed unit and a line in
/// `docs/reference/configuration.md`. Removed keys stay known by name and fail with what replaced
/// them.
///
/// **Not here.** What the command line says: `cli` turns it into overrides.
@Allows(
    rooms = {"error"},
    libraries = {"tools.jackson", "com.fasterxml.jackson.annotation"})
@NullMarked
@CheckReturnValue
package kinglet.config;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
