// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.ArrayList;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.jspecify.annotations.Nullable;

/// An aggregate for each key of a map, such as `sumMap(map)`, or of an array of keys beside arrays
/// of values, such as `sumMap(keys, values)`. Keeps the first [#KEYS_MAX] keys.
final class PerKey extends ObjectAggregate<PerKey.Held> {
  static final int KEYS_MAX = 65_536;

  /// The keys, and for each column of values a state per key.
  static final class Held implements ObjectState<Held> {
    final KeyTable keys;
    final List<StateRows> columns;

    Held(KeyTable keys, List<StateRows> columns) {
      this.keys = keys;
      this.columns = columns;
    }

    @Override
    public Held copy() {
      return new Held(keys.copy(), columns.stream().map(StateRows::copy).toList());
    }

    @Override
    public long bytes() {
      return 32 + keys.bytes() + columns.stream().mapToLong(StateRows::bytes).sum();
    }

    @Override
    public void write(Bytes to) {
      keys.write(to);
      columns.forEach(column -> column.write(to));
    }

    @Override
    public void read(Input from) {
      keys.read(from, KEYS_MAX);
      for (StateRows column : columns) {
        column.read(from);
        from.check(column.size() == keys.size(), "a state for each key");
      }
    }
  }

  private final Holder key;
  private final List<Holder> values;
  private final List<Aggregate> aggregates;
  private final List<Holder> results;
  private final boolean map;

  /// Whether keys whose values are all zero are left out, as ClickHouse's `sumMap` of arrays does.
  private final boolean dropZeros;

  private PerKey(
      DataType type,
      Holder key,
      List<Holder> values,
      List<Aggregate> aggregates,
      boolean map,
      boolean dropZeros) {
    super(type);
    this.key = key;
    this.values = values;
    this.aggregates = aggregates;
    this.results = aggregates.stream().map(inner -> new Holder(inner.type())).toList();
    this.map = map;
    this.dropZeros = dropZeros;
  }

  /// `-Map` of a function.
  static Aggregate bindMap(Call call, AggregateFunction inner) {
    call.argumentCount(1, 1);
    if (!(call.argument(0) instanceof DataType.MapOf(DataType key, DataType value))) {
      throw call.refusedType(0, "a Map");
    }
    Aggregate aggregate = call.inner(inner, List.of(value));
    return new PerKey(
        new DataType.MapOf(key, Call.innerType(aggregate, value)),
        call.key(0, key),
        List.of(new Holder(value)),
        List.of(aggregate),
        true,
        false);
  }

  /// `-Map` of a function, or the same of keys and values that stand beside each other.
  static Aggregate bind(Call call, AggregateFunction inner, boolean dropZeros) {
    call.argumentCount(1, 16);
    if (call.argument(0) instanceof DataType.MapOf) {
      return bindMap(call, inner);
    }
    if (!(call.argument(0) instanceof DataType.Array(DataType key))) {
      throw call.refusedType(0, "a Map, or an Array of keys,");
    }
    call.argumentCount(2, 16);
    List<Holder> values = new ArrayList<>();
    List<Aggregate> aggregates = new ArrayList<>();
    List<DataType.TupleElement> types = new ArrayList<>();
    types.add(new DataType.TupleElement(null, new DataType.Array(key)));
    for (int i = 1; i < call.arguments(); i++) {
      if (!(call.argument(i) instanceof DataType.Array(DataType value))) {
        throw call.refusedType(i, "an Array of values");
      }
      Aggregate aggregate = call.inner(inner, List.of(value));
      values.add(new Holder(value));
      aggregates.add(aggregate);
      types.add(
          new DataType.TupleElement(null, new DataType.Array(Call.innerType(aggregate, value))));
    }
    return new PerKey(
        Call.orNull(new DataType.Tuple(types)),
        call.key(0, key),
        values,
        aggregates,
        false,
        dropZeros);
  }

  @Override
  Held empty() {
    return new Held(
        new KeyTable(key), aggregates.stream().map(each -> new StateRows(each, KEYS_MAX)).toList());
  }

  @Override
  void add(Held state, Slot[] arguments, long micros, long seq) {
    if (map) {
      MapValue value = (MapValue) arguments[0].object();
      addPairs(state, value.keys(), List.of(value.values()), micros, seq);
    } else {
      List<ListValue> columns = new ArrayList<>();
      for (int i = 0; i < values.size(); i++) {
        columns.add((ListValue) arguments[i + 1].object());
      }
      addPairs(state, (ListValue) arguments[0].object(), columns, micros, seq);
    }
  }

  private void addPairs(
      Held state, ListValue keys, List<ListValue> columns, long micros, long seq) {
    Slot slot = new Slot();
    Slot[] argument = {slot};
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i, slot);
      if (slot.isNull()) {
        continue;
      }
      int number = number(state, slot);
      if (number < 0) {
        continue;
      }
      for (int c = 0; c < columns.size(); c++) {
        ListValue column = columns.get(c);
        if (i < column.size() && !column.isNull(i)) {
          column.get(i, slot);
          state.columns.get(c).add(number, argument, micros, seq);
        }
      }
    }
  }

  private static int number(Held state, Slot slot) {
    if (state.keys.size() == KEYS_MAX) {
      return state.keys.find(slot);
    }
    int number = state.keys.add(slot);
    for (StateRows column : state.columns) {
      column.resize(state.keys.size());
    }
    return number;
  }

  @Override
  void merge(Held into, Held from) {
    Slot slot = new Slot();
    for (int i = 0; i < from.keys.size(); i++) {
      from.keys.get(i, slot);
      int number = number(into, slot);
      for (int c = 0; number >= 0 && c < into.columns.size(); c++) {
        into.columns.get(c).merge(number, from.columns.get(c), i);
      }
    }
  }

  @Override
  void finish(@Nullable Held state, long readMicros, Slot out) {
    if (state == null && !map) {
      out.setNull();
      return;
    }
    Held held = state == null ? empty() : state;
    int[] order = held.keys.sorted();
    int count = dropZeros ? withoutZeros(held, order, readMicros) : order.length;
    ListValue keys = held.keys.list(order, count);
    List<ListValue> columns = new ArrayList<>();
    for (int c = 0; c < aggregates.size(); c++) {
      ListValue.Builder list = ListValue.builder(results.get(c).shape(), count);
      for (int i = 0; i < count; i++) {
        held.columns.get(c).finish(order[i], readMicros, out);
        list = list.add(out);
      }
      columns.add(list.build());
    }
    if (map) {
      out.setObject(new MapValue(keys, columns.getFirst()));
    } else {
      List<ListValue> elements = new ArrayList<>();
      elements.add(one(keys));
      columns.forEach(column -> elements.add(one(column)));
      out.setObject(new TupleValue(elements));
    }
  }

  private int withoutZeros(Held held, int[] order, long readMicros) {
    Slot slot = new Slot();
    int count = 0;
    for (int number : order) {
      boolean zero = true;
      for (int c = 0; c < results.size(); c++) {
        held.columns.get(c).finish(number, readMicros, slot);
        zero &= slot.isNull() || results.get(c).isZero(slot);
      }
      if (!zero) {
        order[count++] = number;
      }
    }
    return count;
  }

  private static ListValue one(ListValue value) {
    Slot slot = new Slot();
    slot.setObject(value);
    return ListValue.builder(Shape.LIST, 1).add(slot).build();
  }
}
