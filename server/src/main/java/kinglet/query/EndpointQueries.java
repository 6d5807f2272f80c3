// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Resources;

/// The queries of endpoints, planned and checked, kept for the next call that is the same.
/// Thread-safe.
///
/// What took in the time or a secret is made anew each time.
final class EndpointQueries {
  private static final int CACHED_CHARS_MAX = 16 << 20;

  /// A query holds the resources it was made for, which may be the current ones no more.
  private static final Duration UNUSED_MAX = Duration.ofMinutes(10);

  private final QueryPlanner planner;
  private final FeatureReadings readings;
  private final Cache<Call, CheckedQuery> queries =
      Caffeine.newBuilder()
          .maximumWeight(CACHED_CHARS_MAX)
          .weigher((Call call, CheckedQuery query) -> call.chars() + query.chars())
          .expireAfterAccess(UNUSED_MAX)
          .build();

  EndpointQueries(QueryPlanner planner, FeatureReadings readings) {
    this.planner = planner;
    this.readings = readings;
  }

  /// The query of one call; fails if it may not be run.
  CheckedQuery query(
      Resources resources, Token token, CompiledPipe pipe, PipeSource pipes, QueryOptions options) {
    Optional<Call> call = call(token, pipe, pipes, options);
    CheckedQuery known = call.map(queries::getIfPresent).orElse(null);
    if (known != null && isCurrent(known)) {
      return known;
    }
    CheckedQuery checked =
        readings.check(
            planner.node(resources, token, pipe, pipe.pipe().kind().node(), pipes, options));
    call(token, pipe, pipes, options).ifPresent(same -> queries.put(same, checked));
    return checked;
  }

  /// A feature view may have been replaced by its next version meanwhile.
  private static boolean isCurrent(CheckedQuery known) {
    return !(known instanceof CheckedQuery.Keyed keyed) || keyed.keyed().isCurrent();
  }

  private static Optional<Call> call(
      Token token, CompiledPipe pipe, PipeSource pipes, QueryOptions options) {
    return pipes.inputs().map(arguments -> new Call(pipe, token, arguments, options));
  }

  /// All that a query follows from.
  ///
  /// @param pipe of the resources that the query is made for, and of no others
  private record Call(
      CompiledPipe pipe, Token token, Map<String, List<String>> arguments, QueryOptions options) {
    private static final int OVERHEAD_CHARS = 500;

    int chars() {
      long chars = OVERHEAD_CHARS + options.q().map(String::length).orElse(0);
      for (Map.Entry<String, List<String>> argument : arguments.entrySet()) {
        chars += argument.getKey().length();
        chars += argument.getValue().stream().mapToLong(String::length).sum();
      }
      return (int) Math.min(CACHED_CHARS_MAX, chars);
    }

    /// Tells calls apart by what differs most; the token is compared only.
    @Override
    public int hashCode() {
      return Objects.hash(pipe.name(), arguments, options.q());
    }
  }
}
