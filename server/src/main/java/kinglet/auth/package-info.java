// SPDX-License-Identifier: Apache-2.0
/// Who may do what: tokens and their scopes.
///
/// **The path.** [Tokens#authenticate] turns the text a caller presents into a [Token]; its
/// [Scope]s say what it allows. Texts are stored encrypted under a key kept outside the database. A
/// text that is not stored may be a JWT, which [Jwts] verifies.
///
/// [Secrets] keeps the values `tb_secret()` reads, encrypted under the same key.
///
/// **Threads.** [Tokens] and [Secrets] may be used from any thread; authentication reads an
/// immutable map.
///
/// **Invariants.** The text of a token is never logged and never stored in clear. Looking one up
/// takes the same time whatever the text.
///
/// **Not here.** Whether a query reads only what a token allows is judged in `query`.
@Allows(
    rooms = {"database", "error", "time"},
    libraries = {"com.nimbusds.jose", "org.jdbi.v3", "java.sql", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.auth;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
