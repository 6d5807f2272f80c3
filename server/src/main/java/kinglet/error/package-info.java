// SPDX-License-Identifier: Apache-2.0
/// The names and kinds of every failure a caller can see.
///
/// **The path.** A room declares an enum that implements [ErrorCode]; it throws a
/// [PlatformException] with one of its codes; the edge turns the code's [ErrorKind] into a status.
///
/// **Threads.** Immutable values only.
///
/// **Invariants.** A code's name is stable, lower case with dashes, and documented in
/// `docs/reference/errors.md`. The message of an `INTERNAL` failure never leaves the server.
///
/// **Not here.** Outcomes a caller looks at (a quarantined row, a deployment finding) are values of
/// their own rooms. The statuses and the wire form are in `http`.
@Allows
@NullMarked
@CheckReturnValue
package kinglet.error;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
