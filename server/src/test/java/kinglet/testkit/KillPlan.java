// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// How one round of a crash suite ends.
///
/// @param point the named point at which the server halts; empty for an end from outside
/// @param arrival which arrival at the point
/// @param engineKillAfter when the engine is killed while the server lives; zero for never
/// @param killAfter when the server is killed, or the longest it is waited for at the point
public record KillPlan(
    String point, int arrival, Duration engineKillAfter, Duration killAfter, boolean both) {
  /// Every named point between a request and a trimmed journal.
  public static final List<String> POINTS =
      List.of(
          "journal.before-append",
          "journal.after-append",
          "journal.after-fsync",
          "journal.before-release",
          "flush.before-plan",
          "flush.after-plan",
          "flush.before-insert",
          "flush.after-insert",
          "flush.before-position",
          "flush.after-position",
          "flush.after-trim");

  /// The plan of a round: every second one names a point, in turn; the others kill at random.
  public static KillPlan of(int round, RandomGenerator random, Duration longest) {
    Duration after = Duration.ofMillis(random.nextLong(50, longest.toMillis()));
    if (round % 2 == 0) {
      String point = POINTS.get(round / 2 % POINTS.size());
      int arrival =
          random.nextInt(point.startsWith("journal.") ? 400 : point.endsWith("plan") ? 12 : 6) + 1;
      return new KillPlan(point, arrival, Duration.ZERO, longest, false);
    }
    return switch (random.nextInt(3)) {
      case 0 -> new KillPlan("", 0, Duration.ZERO, after, false);
      case 1 -> new KillPlan("", 0, Duration.ZERO, after, true);
      default -> new KillPlan("", 0, after, after.plus(longest), false);
    };
  }

  public boolean killsEngine() {
    return !engineKillAfter.isZero();
  }

  public Map<String, String> properties() {
    return point.isEmpty() ? Map.of() : Map.of("kinglet.crash.point", point + ":" + arrival);
  }
}
