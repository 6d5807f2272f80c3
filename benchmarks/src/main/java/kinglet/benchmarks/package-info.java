// SPDX-License-Identifier: Apache-2.0
/// What is measured, against whom: each benchmark starts its peers itself and runs them in the same
/// call on the same machine.
///
/// **The path.** [Main] finds one by name, a [Plan] says how much of it is run; [KingletPeer],
/// [EnginePeer] and [NativePeer] are the contenders, [Connection] is the load, [Page] the result.
/// Where many small requests are measured, a [Load] in a process of its own makes them, in a
/// [Contest] of peers such as [RedisPeer] and [NginxPeer].
///
/// **Invariants.** A run whose answers are wrong fails, however fast.
@NullMarked
package kinglet.benchmarks;

import org.jspecify.annotations.NullMarked;
