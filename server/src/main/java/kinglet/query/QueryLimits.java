// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.time.Duration;

/// How much one query may take, and how many a workspace may run at once.
///
/// @param sqlBytesMax longest SQL text a caller may send; pipes' own SQL may be longer
public record QueryLimits(
    Duration timeMax,
    long memoryBytesMax,
    long resultBytesMax,
    int sqlBytesMax,
    int concurrentMax,
    int threadsMax) {
  public static final QueryLimits DEFAULTS =
      new QueryLimits(Duration.ofSeconds(10), 2L << 30, 100L << 20, 8 << 10, 32, 0);

  public QueryLimits {
    if (timeMax.isNegative() || timeMax.isZero() || concurrentMax < 1 || sqlBytesMax < 1) {
      throw new IllegalArgumentException("limits of queries must be positive");
    }
  }
}
