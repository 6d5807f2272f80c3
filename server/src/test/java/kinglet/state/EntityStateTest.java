// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import kinglet.value.Shape;
import org.junit.jupiter.api.Test;

/// What one entity takes of memory.
final class EntityStateTest {
  private static final int TEXT_BYTES = 1 << 20;

  @Test
  void anEntityMayTakeMoreThanTwoGibibytes() {
    RowLayout rows = new RowLayout(List.of(Shape.BYTES), 0);
    EntityState entity = new EntityState(new byte[8], 0);
    WaitingEvents events = new WaitingEvents(rows);
    entity.await(events);
    Object[] text = {new byte[TEXT_BYTES]};
    long[] words = new long[rows.words()];
    long grown = entity.measure(rows);
    for (int count = 0; count < 3_000; count++) {
      events.add(words, 0, text, 0, 0);
      grown += entity.measure(rows);
    }

    assertThat(entity.bytes()).isGreaterThan(3_000L * TEXT_BYTES).isEqualTo(grown);
    entity.await(null);
    assertThat(grown + entity.measure(rows)).isEqualTo(entity.bytes()).isLessThan(1_000);
  }
}
