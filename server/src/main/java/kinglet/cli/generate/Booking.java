// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

import java.util.random.RandomGenerator;

/// A site for hotels: visitors search a city, look at hotels and rooms, and some book.
final class Booking implements Workload {
  private static final int VISITORS = 25_000;
  private static final int HOTELS = 900;
  private static final String[] CITIES = {
    "Lisbon", "Rome", "Paris", "Vienna", "Porto", "Oslo", "Athens", "Prague"
  };
  private static final String[] STEPS = {"search", "hotel", "room", "book"};
  private static final double[] GOES_ON = {0.7, 0.45, 0.2, 0};

  private final RandomGenerator random;
  private final Popularity visitors = new Popularity(VISITORS, 0.75);
  private final Popularity hotels = new Popularity(HOTELS, 0.8);
  private final byte[] step = new byte[VISITORS];
  private final short[] hotel = new short[VISITORS];
  private final byte[] nights = new byte[VISITORS];
  private final byte[] guests = new byte[VISITORS];

  Booking(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public void next(long micros, Rows rows) {
    int visitor = visitors.pick(random);
    int now = step[visitor];
    if (now == 0) {
      nights[visitor] = (byte) (1 + random.nextInt(7));
      guests[visitor] = (byte) (1 + random.nextInt(4));
      hotel[visitor] = (short) hotels.pick(random);
    } else if (now == 1 && random.nextBoolean()) {
      // Another hotel of the same city.
      hotel[visitor] = (short) ((hotel[visitor] + CITIES.length) % HOTELS);
    }
    int chosen = hotel[visitor];
    rows.begin("visits", micros)
        .with("visitor_id", "v" + visitor)
        .with("kind", STEPS[now])
        .with("city", CITIES[chosen % CITIES.length])
        .with("hotel_id", now == 0 ? "" : "h" + chosen)
        .with("nights", nights[visitor])
        .with("guests", guests[visitor])
        .withCents("price", now == 0 ? 0 : (45 + chosen % 160) * nights[visitor])
        .end();
    step[visitor] =
        (byte) (random.nextDouble() < GOES_ON[now] ? now + 1 : now == 3 ? 0 : back(now));
  }

  /// Looks at more of the same, or begins anew.
  private int back(int now) {
    return random.nextInt(3) == 0 ? 0 : Math.min(now, 1);
  }
}
