// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// ULIDs for requests: 48 bits of milliseconds, 32 of this process, 48 that count. Thread-safe.
public final class RequestIds {
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final int LENGTH = 26;
  private static final long COUNT_MASK = (1L << 48) - 1;

  private final InstantSource clock;
  private final long process;
  private final AtomicLong count;

  public RequestIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.process = random.nextLong() & 0xFFFF_FFFFL;
    this.count = new AtomicLong(random.nextLong() & COUNT_MASK >>> 1);
  }

  public String next() {
    long counted = count.getAndIncrement() & COUNT_MASK;
    long high = clock.millis() << 16 | process >>> 16;
    long low = process << 48 | counted;
    char[] text = new char[LENGTH];
    for (int at = LENGTH - 1; at >= 0; at--) {
      text[at] = DIGITS[(int) (low & 31)];
      low = low >>> 5 | high << 59;
      high >>>= 5;
    }
    return new String(text);
  }
}
