// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/// Keeps the JVM's signal handlers while a connection opens.
///
/// HotSpot needs its handlers for null checks and safepoints. Releases of libchdb before 26.7.3
/// reset them whenever a connection opens; later ones leave them alone once their own are switched
/// off. What changed is put back, and counted.
final class SignalGuard {
  /// SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGPIPE, SIGTERM and SIGHUP,
  /// SIGINT: the same numbers on Linux and macOS but for SIGBUS (7, 10).
  private static final int[] SIGNALS = {1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 20, 31};

  /// Larger than `struct sigaction` of any platform.
  private static final int ACTION_BYTES = 256;

  private SignalGuard() {}

  /// Runs the action, puts back what it changed, and answers its result.
  static synchronized <T> T keeping(Supplier<T> action) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] before = new MemorySegment[SIGNALS.length];
      for (int i = 0; i < SIGNALS.length; i++) {
        before[i] = arena.allocate(ACTION_BYTES, 16);
        boolean unused = Libc.sigaction(SIGNALS[i], MemorySegment.NULL, before[i]);
      }
      try {
        return action.get();
      } finally {
        MemorySegment after = arena.allocate(ACTION_BYTES, 16);
        for (int i = 0; i < SIGNALS.length; i++) {
          after.fill((byte) 0);
          if (Libc.sigaction(SIGNALS[i], MemorySegment.NULL, after)
              && after.mismatch(before[i]) >= 0) {
            boolean unused = Libc.sigaction(SIGNALS[i], before[i], MemorySegment.NULL);
          }
        }
      }
    }
  }
}
