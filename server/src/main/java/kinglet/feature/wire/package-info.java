// SPDX-License-Identifier: Apache-2.0
/// Values of features as JSON: those of keys coming in, those of answers going out.
///
/// **The path.** [JsonKeys] reads the values of a request by their types; [JsonValues] writes
/// values as ClickHouse's JSON formats do.
///
/// **Threads.** Each belongs to one thread.
///
/// **Not here.** Which values are asked for (`feature`), rows of ingestion (`ingest.decode`).
@Allows(
    rooms = {"error", "type", "value"},
    libraries = "tools.jackson.core")
@NullMarked
@CheckReturnValue
package kinglet.feature.wire;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
