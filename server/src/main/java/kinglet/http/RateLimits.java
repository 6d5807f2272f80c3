// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import kinglet.error.PlatformException;

/// Requests and bytes each token may send in a second; 0 means no limit. Thread-safe.
///
/// Seconds are counted as they stand on the clock, so that the headers can say when the count
/// starts anew.
public final class RateLimits {
  private static final long TOKENS_MAX = 100_000;

  private final InstantSource clock;
  private final int requestsPerSecond;
  private final long bytesPerSecond;
  private final Cache<String, Second> seconds =
      Caffeine.newBuilder()
          .maximumSize(TOKENS_MAX)
          .expireAfterAccess(Duration.ofMinutes(1))
          .build();

  public RateLimits(InstantSource clock, int requestsPerSecond, long bytesPerSecond) {
    this.clock = clock;
    this.requestsPerSecond = requestsPerSecond;
    this.bytesPerSecond = bytesPerSecond;
  }

  /// Counts one request of the token; the headers say what is left.
  void request(Exchange exchange, String tokenId, int ownRequestsPerSecond) {
    int limit = ownRequestsPerSecond > 0 ? ownRequestsPerSecond : requestsPerSecond;
    if (limit > 0) {
      count(exchange, "requests " + tokenId, 1, limit, "requests");
    }
  }

  /// Counts bytes of ingestion of the token.
  void bytes(Exchange exchange, String tokenId, long bytes) {
    if (bytesPerSecond > 0) {
      count(exchange, "bytes " + tokenId, bytes, bytesPerSecond, "bytes");
    }
  }

  private void count(Exchange exchange, String key, long amount, long limit, String unit) {
    long millis = clock.millis();
    long used = seconds.get(key, _ -> new Second()).add(millis / 1_000, amount);
    if (used <= limit || used == amount) {
      exchange.answerHeader("x-ratelimit-limit", Long.toString(limit));
      exchange.answerHeader("x-ratelimit-remaining", Long.toString(Math.max(0, limit - used)));
      exchange.answerHeader("x-ratelimit-reset", "1");
      return;
    }
    exchange.answerHeader("x-ratelimit-limit", Long.toString(limit));
    exchange.answerHeader("x-ratelimit-remaining", "0");
    exchange.answerHeader("x-ratelimit-reset", "1");
    throw new PlatformException(
        HttpError.RATE_LIMIT,
        "this token may send " + limit + " " + unit + " each second; send again in a second",
        Map.of("retry_after", "1"),
        null);
  }

  /// What was used in one second.
  private static final class Second {
    private long second;
    private long used;

    synchronized long add(long nowSecond, long amount) {
      if (nowSecond != second) {
        second = nowSecond;
        used = 0;
      }
      used += amount;
      return used;
    }
  }
}
