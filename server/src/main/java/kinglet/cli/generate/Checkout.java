// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

import java.util.random.RandomGenerator;

/// A fashion shop: shoppers look at items, put them into their cart, and buy or leave; stock goes
/// down with each sale and up with deliveries.
///
/// Whether a cart is bought depends on how often the shopper looked at the item lately, on its
/// price against what the shopper usually pays, on the device, and on how much is left.
final class Checkout implements Workload {
  private static final int SHOPPERS = 20_000;
  private static final int ITEMS = 2_000;
  private static final int DELIVERY = 40;
  private static final int FULL_STOCK = 60;
  private static final long FORGOTTEN_MICROS = 3_600_000_000L;
  private static final String[] DEVICES = {"phone", "phone", "phone", "desktop", "tablet"};
  private static final String[] CATEGORIES = {"dress", "shoes", "shirt", "jeans", "coat", "bag"};

  private final RandomGenerator random;
  private final Popularity shoppers = new Popularity(SHOPPERS, 0.8);
  private final Popularity items = new Popularity(ITEMS, 0.9);
  private final double[] prices = new double[ITEMS];
  private final int[] stock = new int[ITEMS];
  private final double[] budgets = new double[SHOPPERS];

  /// The item a shopper thinks about, when last, how often looked at, and whether it is in the
  /// cart.
  private final int[] wanted = new int[SHOPPERS];

  private final long[] wantedMicros = new long[SHOPPERS];
  private final int[] looks = new int[SHOPPERS];
  private final boolean[] inCart = new boolean[SHOPPERS];

  Checkout(RandomGenerator random) {
    this.random = random;
    for (int item = 0; item < ITEMS; item++) {
      prices[item] = Math.round(Math.exp(3.4 + 0.7 * random.nextGaussian()) * 2) / 2.0 + 4.99;
      stock[item] = random.nextInt(5, FULL_STOCK);
    }
    for (int shopper = 0; shopper < SHOPPERS; shopper++) {
      budgets[shopper] = Math.exp(3.5 + 0.5 * random.nextGaussian());
    }
  }

  @Override
  public void next(long micros, Rows rows) {
    int shopper = shoppers.pick(random);
    if (micros - wantedMicros[shopper] > FORGOTTEN_MICROS || looks[shopper] == 0) {
      wanted[shopper] = items.pick(random);
      looks[shopper] = 0;
      inCart[shopper] = false;
    }
    wantedMicros[shopper] = micros;
    int item = wanted[shopper];
    if (inCart[shopper]) {
      decide(micros, rows, shopper, item);
    } else if (looks[shopper] > 0 && random.nextDouble() < 0.12 + 0.1 * looks[shopper]) {
      inCart[shopper] = true;
      shopEvent(micros, rows, shopper, item, "cart");
    } else if (random.nextDouble() < 0.45) {
      wanted[shopper] = items.pick(random);
      looks[shopper] = 1;
      shopEvent(micros, rows, shopper, wanted[shopper], "view");
    } else {
      looks[shopper]++;
      shopEvent(micros, rows, shopper, item, "view");
    }
    if (random.nextInt(400) == 0) {
      deliver(micros, rows, items.pick(random));
    }
  }

  private void decide(long micros, Rows rows, int shopper, int item) {
    double tooDear = prices[item] / budgets[shopper] - 1;
    double leaning =
        -0.9
            + 0.55 * looks[shopper]
            - 1.3 * tooDear
            + (stock[item] < 6 ? 0.7 : 0)
            + (device(shopper).equals("desktop") ? 0.5 : 0);
    boolean buys = stock[item] > 0 && random.nextDouble() < 1 / (1 + Math.exp(-leaning));
    shopEvent(micros, rows, shopper, item, buys ? "buy" : "remove");
    if (buys) {
      stock[item]--;
      stockMovement(micros, rows, item, -1, "sale");
      budgets[shopper] = 0.9 * budgets[shopper] + 0.1 * prices[item];
    }
    looks[shopper] = 0;
    inCart[shopper] = false;
  }

  private void deliver(long micros, Rows rows, int item) {
    if (stock[item] < FULL_STOCK) {
      stock[item] += DELIVERY;
      stockMovement(micros, rows, item, DELIVERY, "delivery");
    }
  }

  private void shopEvent(long micros, Rows rows, int shopper, int item, String kind) {
    rows.begin("shop_events", micros)
        .with("user_id", "u" + shopper)
        .with("item_id", "i" + item)
        .with("category", CATEGORIES[item % CATEGORIES.length])
        .with("kind", kind)
        .withCents("price", prices[item])
        .with("device", device(shopper))
        .end();
  }

  private static String device(int shopper) {
    return DEVICES[shopper % DEVICES.length];
  }

  private void stockMovement(long micros, Rows rows, int item, int change, String reason) {
    rows.begin("stock_movements", micros)
        .with("item_id", "i" + item)
        .with("change", change)
        .with("stock", stock[item])
        .with("reason", reason)
        .end();
  }
}
