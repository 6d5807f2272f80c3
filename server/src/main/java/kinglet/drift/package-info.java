// SPDX-License-Identifier: Apache-2.0
/// How far two distributions of a feature's values lie apart.
///
/// **The path.** [Numbers] or [Categories] hold the values of a reference and the current ones;
/// [Binning] cuts numbers into bins where the reference says; a [Distance] compares the two as
/// [Bins] or as they are.
///
/// **Threads.** Everything is immutable.
///
/// **Invariants.** A distance is a function of the two multisets of values alone, zero for equal
/// shares, and never negative beyond rounding.
///
/// **Not here.** Where values come from and what is done about a distance: `monitor`.
@Allows
@NullMarked
@CheckReturnValue
package kinglet.drift;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
