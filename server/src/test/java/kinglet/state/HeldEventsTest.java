// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.random.RandomGenerator;
import kinglet.metrics.Metrics;
import kinglet.state.StateCase.Happening;
import kinglet.testkit.Seed;
import kinglet.value.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Events that come in any order and are applied key after key give the same bits as in their
/// order.
final class HeldEventsTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 100);

  private final Metrics metrics = new Metrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void everyReadHasTheBitsOfEventsInTheirOrder() {
    for (int round = 0; round < ROUNDS; round++) {
      Seed seed = Seed.next().round(round);
      RandomGenerator random = seed.random();
      compare(
          StateCase.random(random, 1 + random.nextInt(round % 10 == 0 ? 3_000 : 300)),
          random,
          seed);
    }
  }

  @Test
  void moreEventsThanOnePieceHas() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    StateLayout layout =
        new StateLayout(
            List.of(Shape.WHOLE, Shape.FLOAT, Shape.BYTES),
            0,
            List.of(new AggregateUse(new WholeSum(true), List.of(), OptionalInt.empty())),
            List.of(new Window.Range(1_000, false)),
            List.of(new FeatureUse(0, 0)),
            false,
            OptionalLong.empty(),
            0);
    ViewState view = new LocalState(layout, metrics).view();
    HeldEvents held = new HeldEvents(view);
    Event event = new Event(layout);
    StateCase made = StateCase.of(layout, random, 1_000);
    int events = 300_000;
    for (int i = 0; i < events; i++) {
      made.events().get(i % made.events().size()).fill(event);
      held.group(i % 7);
      held.add(view, event);
    }
    held.sort();
    int applied = 0;
    for (int group = 0; group < 7; group++) {
      held.clear();
      applied += held.apply(group, Long.MAX_VALUE);
    }
    assertThat(applied).as(seed.toString()).isEqualTo(events);
  }

  private void compare(StateCase made, RandomGenerator random, Seed seed) {
    StateLayout layout = made.layout();
    LocalState own = new LocalState(layout, metrics);
    HeldEvents held = new HeldEvents(own.view());
    Event event = new Event(layout);
    List<Happening> arrived = new ArrayList<>(made.events());
    switch (random.nextInt(3)) {
      case 0 -> Collections.shuffle(arrived, new Random(seed.value()));
      case 1 -> arrived.sort(Comparator.comparing(Happening::key));
      default -> Collections.reverse(arrived);
    }
    for (Happening one : arrived) {
      one.fill(event);
      held.group(group(one.key()));
      held.add(own.view(), event);
    }
    held.sort();
    for (long group : new long[] {0, 1, -1}) {
      held.clear();
      LocalState expected = new LocalState(layout, metrics);
      int from = 0;
      for (int read = 0; read < 5; read++) {
        int to = from + random.nextInt(made.events().size() - from + 1);
        long bound = to == 0 ? 0 : made.events().get(to - 1).ingestedMicros();
        for (;
            from < made.events().size() && made.events().get(from).ingestedMicros() <= bound;
            from++) {
          Happening one = made.events().get(from);
          if (group(one.key()) == group) {
            expected.add(one);
          }
        }
        int _ = held.apply(group, bound);
        assertThat(StateRandomTest.bits(own.reader(), bound))
            .as(seed + " " + layout + " at " + bound)
            .isEqualTo(StateRandomTest.bits(expected.reader(), bound));
      }
    }
  }

  /// Three groups of keys; the last of them has the highest number.
  private static long group(String key) {
    int number = (key.charAt(key.length() - 1) - '0') % 3;
    return number == 2 ? -1 : number;
  }
}
