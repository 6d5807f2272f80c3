// SPDX-License-Identifier: Apache-2.0
/// The SQL template language: a text with tags and the arguments of one call become SQL.
///
/// **The path.** [Template#parse] cuts the text into tags (`TagScanner`), reads their expressions
/// (`ExpressionLexer`, `ExpressionParser`) into a sealed tree, and notes the parameters
/// (`Discovery`). [Template#render] walks the tree (`Renderer`, `Evaluator`, `Functions`) and
/// writes into an `Output` that knows where in the SQL it is.
///
/// **Threads.** A [Template] is immutable and may be rendered on any thread; a rendering belongs to
/// one thread.
///
/// **Invariants.** The value of a parameter reaches the SQL only as a typed literal or a quoted
/// name, never inside a literal, name or comment of the text that it could end. Every loop, list,
/// text and the output have a limit. Only [TemplateError]s come out.
///
/// **Not here.** Tables are looked up in `catalog`; the SQL is checked in `query`.
@Allows(rooms = "error")
@NullMarked
@CheckReturnValue
package kinglet.template;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
