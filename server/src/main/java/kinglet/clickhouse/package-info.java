// SPDX-License-Identifier: Apache-2.0
/// What the platform says to ClickHouse, embedded or not, over its HTTP protocol.
///
/// **Not here.** The engine process itself is the module `engine`.
@Allows(rooms = {"error", "type"})
@NullMarked
@CheckReturnValue
package kinglet.clickhouse;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
