// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.ArrayList;
import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `-ForEach`: an aggregate for each place of the arrays, up to [#ELEMENTS_MAX].
final class PerElement extends ObjectAggregate<StateRows> {
  static final int ELEMENTS_MAX = 8_192;

  private final Aggregate aggregate;
  private final Holder result;
  private final Holder list;
  private final int arguments;

  private PerElement(DataType type, Aggregate aggregate, int arguments) {
    super(type);
    this.aggregate = aggregate;
    this.result = new Holder(aggregate.type());
    this.list = new Holder(type);
    this.arguments = arguments;
  }

  static Aggregate bind(Call call, AggregateFunction inner) {
    call.argumentCount(1, 16);
    List<DataType> elements = new ArrayList<>();
    boolean nullable = false;
    for (int i = 0; i < call.arguments(); i++) {
      if (!(call.argument(i) instanceof DataType.Array(DataType element))) {
        throw call.refusedType(i, "an Array");
      }
      elements.add(element);
      nullable |= element.nullable();
    }
    Aggregate aggregate = call.inner(inner, elements);
    DataType type = nullable ? aggregate.type() : Call.innerType(aggregate, elements.getFirst());
    return new PerElement(new DataType.Array(type), aggregate, elements.size());
  }

  @Override
  StateRows empty() {
    return new StateRows(aggregate, ELEMENTS_MAX);
  }

  @Override
  void add(StateRows state, Slot[] row, long micros, long seq) {
    int size = ELEMENTS_MAX;
    for (int i = 0; i < arguments; i++) {
      size = Math.min(size, ((ListValue) row[i].object()).size());
    }
    state.resize(size);
    Slot[] elements = new Slot[arguments];
    for (int i = 0; i < arguments; i++) {
      elements[i] = new Slot();
    }
    for (int at = 0; at < size; at++) {
      boolean whole = true;
      for (int i = 0; i < arguments; i++) {
        ((ListValue) row[i].object()).get(at, elements[i]);
        whole &= !elements[i].isNull();
      }
      if (whole) {
        state.add(at, elements, micros, seq);
      }
    }
  }

  @Override
  void merge(StateRows into, StateRows from) {
    into.resize(from.size());
    for (int i = 0; i < from.size(); i++) {
      into.merge(i, from, i);
    }
  }

  @Override
  void finish(@Nullable StateRows state, long readMicros, Slot out) {
    if (state == null) {
      list.giveNothing(out);
      return;
    }
    ListValue.Builder results = ListValue.builder(result.shape(), state.size());
    for (int i = 0; i < state.size(); i++) {
      state.finish(i, readMicros, out);
      results = results.add(out);
    }
    out.setObject(results.build());
  }
}
