// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Named points at which a process under test stops dead, to prove what survives.
///
/// Does nothing unless the system property `kinglet.crash.point` is `name` or `name:n`; then the
/// n-th arrival (the first by default) halts the process as a power cut would, without shutdown
/// hooks.
public final class CrashPoints {
  /// What the process exits with when a point halts it.
  public static final int EXIT_STATUS = 86;

  private static final @Nullable String SPECIFICATION = System.getProperty("kinglet.crash.point");
  private static final String NAME = name(SPECIFICATION);
  private static final AtomicLong ARRIVALS_LEFT = new AtomicLong(arrivals(SPECIFICATION));

  private CrashPoints() {}

  /// Halts the process when `point` is the one that is asked for.
  public static void reach(String point) {
    if (SPECIFICATION != null && NAME.equals(point) && ARRIVALS_LEFT.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }

  private static String name(@Nullable String specification) {
    if (specification == null) {
      return "";
    }
    int colon = specification.indexOf(':');
    return colon < 0 ? specification : specification.substring(0, colon);
  }

  private static long arrivals(@Nullable String specification) {
    int colon = specification == null ? -1 : specification.indexOf(':');
    return specification == null || colon < 0
        ? 1
        : Long.parseLong(specification.substring(colon + 1));
  }
}
