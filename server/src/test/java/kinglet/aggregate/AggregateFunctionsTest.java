// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import kinglet.type.DataType;
import kinglet.value.Literal;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;

final class AggregateFunctionsTest {
  private static Aggregate bind(String name, List<Integer> parameters, String... types) {
    return AggregateFunctions.bind(
        name,
        parameters.stream()
            .<Literal>map(value -> new Literal.Number(String.valueOf(value)))
            .toList(),
        Stream.of(types).map(DataType::parse).toList());
  }

  @Test
  void resultTypesAreThoseOfClickHouse() {
    assertThat(bind("count", List.of()).type().sql()).isEqualTo("UInt64");
    assertThat(bind("sum", List.of(), "UInt8").type().sql()).isEqualTo("Nullable(UInt64)");
    assertThat(bind("SUM", List.of(), "Decimal(9, 2)").type().sql())
        .isEqualTo("Nullable(Decimal(38, 2))");
    assertThat(bind("any", List.of(), "Array(String)").type().sql()).isEqualTo("Array(String)");
    assertThat(bind("groupArrayLast", List.of(3), "LowCardinality(Nullable(String))").type().sql())
        .isEqualTo("Array(String)");
  }

  @Test
  void whatIsNotAFunctionIsRefusedWithTheNearestOne() {
    assertThatThrownBy(() -> bind("cout", List.of(), "UInt8"))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.code()).isEqualTo(AggregateError.UNKNOWN_AGGREGATE))
        .hasMessageContaining("Did you mean 'count'?")
        .hasMessageContaining("materialized view");
  }

  @Test
  void wrongParametersAndArgumentsAreRefused() {
    assertThatThrownBy(() -> bind("groupArray", List.of(), "UInt8"))
        .hasMessage("groupArray takes 1 parameters, not 0; it is groupArray(N)(x)");
    assertThatThrownBy(() -> bind("groupArray", List.of(0), "UInt8"))
        .hasMessageContaining("a whole number from 1 to 65536");
    assertThatThrownBy(() -> bind("sum", List.of(), "String"))
        .hasMessage("sum takes a number as argument 1, not String; it is sum(x)");
    assertThatThrownBy(() -> bind("sum", List.of()))
        .hasMessageContaining("takes 1 arguments, not 0");
  }

  @Test
  void aMergedSumIsTheSumOfAll() {
    Aggregate sum = bind("sum", List.of(), "Decimal(9, 2)");
    States states = new States(sum.words(), 0, 2);
    Slot slot = new Slot();
    for (int i = 0; i < 10; i++) {
      slot.setWhole(-150 * i);
      sum.add(states, i & 1, 0, 0, new Slot[] {slot}, i, i);
    }
    sum.merge(states, 0, 0, 0, states, 1);
    sum.finish(states, 0, 0, 0, 0, slot);
    assertThat(slot.object()).hasToString("-6750");
  }
}
