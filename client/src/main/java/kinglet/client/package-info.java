// SPDX-License-Identifier: Apache-2.0
/// Calls a Kinglet server from Java: [KingletClient].
///
/// **The path.** A [KingletClient] sends events, asks SQL and endpoints, and reads features; what
/// it answers is made of [Row]s.
///
/// **Threads.** A client is for any number of threads; everything else is immutable or a builder of
/// one thread.
///
/// **Invariants.** Every failure is a [KingletException].
@NullMarked
package kinglet.client;

import org.jspecify.annotations.NullMarked;
