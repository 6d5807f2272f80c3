// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// Decides from a series of pings whether the engine hangs.
///
/// An engine that stays silent hangs once several pings in a row went unanswered and it neither
/// used nor wanted processor time meanwhile: it is stopped, or its threads wait for each other. One
/// that is silent but busy, or would be if it were given a processor, gets longer, as a loaded
/// machine may be the reason. Counting pings instead of looking at the clock keeps a pause of this
/// process from looking like the engine's. Owned by one thread.
final class HangDetector {
  /// Pings without an answer that make an idle engine a hung one.
  static final int SILENT_PINGS_MAX = 3;

  /// The same for a busy engine.
  static final int BUSY_PINGS_MAX = 32;

  /// ClickHouse inside an engine that answers is taken as silent beyond this.
  static final long HEARTBEAT_MILLIS_MAX = 1_000;

  /// Processor time between two pings below which the engine is idle.
  private static final Duration IDLE_MAX = Duration.ofMillis(15);

  private int silentPings;
  private int idlePings;
  private Duration cpuTime = Duration.ZERO;

  /// Takes one ping's outcome; whether the engine hangs.
  ///
  /// @param heartbeatAgeMillis empty when the ping went unanswered
  /// @param cpuTimeNow what the engine used since its start
  /// @param wantsToRun whether a thread of it waits for a processor; asked when it is silent
  boolean hangs(OptionalLong heartbeatAgeMillis, Duration cpuTimeNow, BooleanSupplier wantsToRun) {
    boolean silent =
        heartbeatAgeMillis.isEmpty() || heartbeatAgeMillis.getAsLong() > HEARTBEAT_MILLIS_MAX;
    boolean used = cpuTimeNow.minus(cpuTime).compareTo(IDLE_MAX) >= 0;
    cpuTime = cpuTimeNow;
    if (!silent) {
      silentPings = 0;
      idlePings = 0;
      return false;
    }
    silentPings++;
    idlePings = used || wantsToRun.getAsBoolean() ? 0 : idlePings + 1;
    return idlePings >= SILENT_PINGS_MAX || silentPings >= BUSY_PINGS_MAX;
  }
}
