// SPDX-License-Identifier: Apache-2.0
/// Guesses from a sample of rows what columns a data source for them should have.
///
/// **The path.** [SchemaInference] reads a sample; `JsonShape` finds the paths of NDJSON rows,
/// `CsvSample` the dialect and the header of CSV; a `TypeGuess` takes every value of a column and
/// says the narrowest type that holds them all; the answer is an [Analysis].
///
/// **Threads.** Plain functions of bytes: one call, one thread.
///
/// **Invariants.** The schema takes every row of the sample it was guessed from. Any bytes give an
/// analysis or a refusal with a reason.
///
/// **Not here.** Reading rows into typed columns (`ingest.decode`), making the data source
/// (`catalog.deployment`).
@Allows(
    rooms = {"error", "ingest.decode", "type"},
    libraries = {"tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.ingest.infer;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
