// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An event of a case, with the value of each field.
///
/// @param key which of the case's keys it belongs to
/// @param values by field, as [Values] has them
record Event(long micros, long seq, long ingestedMicros, int key, List<@Nullable Object> values) {}
