// SPDX-License-Identifier: Apache-2.0
/// What a feature view says: its SELECT as written, read by our own parser.
///
/// **The path.** [FeatureQueryReader] reads the SQL of a node into a [FeatureQuery]; with what the
/// file says beside it, it is a [FeatureView].
///
/// **Threads.** Everything is immutable; a reader belongs to one thread.
///
/// **Invariants.** What is accepted can be served; what is not is a [DefinitionProblem] with its
/// place in the SQL and the nearest thing that works.
///
/// **Not here.** Expressions (`expression`), what a window's value is (`state`), types and
/// compilation (`feature`).
@Allows(rooms = {"catalog", "error", "expression", "sql", "value"})
@NullMarked
@CheckReturnValue
package kinglet.feature.definition;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
