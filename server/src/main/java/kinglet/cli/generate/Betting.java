// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

import java.util.random.RandomGenerator;

/// A bookmaker: bettors back selections of matches, odds follow the money, and now and then a ring
/// of accounts on a few devices backs one selection quickly with large stakes.
final class Betting implements Workload {
  private static final int BETTORS = 30_000;
  private static final int MATCHES = 120;
  private static final int SELECTIONS = 3;
  private static final int RING_BETS = 40;
  private static final int RING_EVERY = 4_000;
  private static final String[] SELECTION_NAMES = {"home", "draw", "away"};
  private static final String[] COUNTRIES = {"ES", "GB", "DE", "IT", "FR", "BR"};

  private final RandomGenerator random;
  private final Popularity bettors = new Popularity(BETTORS, 0.7);
  private final Popularity matches = new Popularity(MATCHES, 0.8);
  private final double[] chances = new double[MATCHES * SELECTIONS];
  private final double[] backed = new double[MATCHES * SELECTIONS];
  private int ringBetsLeft;
  private int ringTarget;
  private int ringFirst;

  Betting(RandomGenerator random) {
    this.random = random;
    for (int match = 0; match < MATCHES; match++) {
      double home = 0.25 + 0.35 * random.nextDouble();
      double draw = 0.22 + 0.1 * random.nextDouble();
      chances[match * SELECTIONS] = home;
      chances[match * SELECTIONS + 1] = draw;
      chances[match * SELECTIONS + 2] = Math.max(0.08, 1 - home - draw);
    }
  }

  @Override
  public void next(long micros, Rows rows) {
    if (ringBetsLeft == 0 && random.nextInt(RING_EVERY) == 0) {
      ringBetsLeft = RING_BETS;
      ringTarget = matches.pick(random) * SELECTIONS + 2;
      ringFirst = BETTORS + random.nextInt(1_000) * 12;
    }
    if (ringBetsLeft > 0 && random.nextInt(3) == 0) {
      ringBetsLeft--;
      int bettor = ringFirst + random.nextInt(12);
      bet(micros, rows, bettor, "d" + ringFirst % 7 + "r", ringTarget, 150 + random.nextInt(350));
    } else {
      int bettor = bettors.pick(random);
      int selection = matches.pick(random) * SELECTIONS + random.nextInt(SELECTIONS);
      double stake = Math.exp(1.8 + random.nextGaussian());
      bet(micros, rows, bettor, "d" + bettor, selection, stake);
    }
  }

  private void bet(long micros, Rows rows, int bettor, String device, int selection, double stake) {
    rows.begin("bets", micros)
        .with("bettor_id", "b" + bettor)
        .with("device_id", device)
        .with("country", COUNTRIES[bettor % COUNTRIES.length])
        .with("match_id", "m" + selection / SELECTIONS)
        .with("selection", SELECTION_NAMES[selection % SELECTIONS])
        .withCents("odds", odds(selection))
        .withCents("stake", stake)
        .end();
    backed[selection] += stake;
    if (backed[selection] > 2_000) {
      backed[selection] = 0;
      chances[selection] = Math.min(0.92, chances[selection] * 1.04);
      rows.begin("odds_changes", micros)
          .with("match_id", "m" + selection / SELECTIONS)
          .with("selection", SELECTION_NAMES[selection % SELECTIONS])
          .withCents("odds", odds(selection))
          .end();
    }
  }

  private double odds(int selection) {
    return 0.95 / chances[selection];
  }
}
