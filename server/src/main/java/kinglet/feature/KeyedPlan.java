// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import kinglet.expression.Expression;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.feature.definition.KeyedSelect;
import kinglet.feature.wire.JsonKeys;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Literal;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// How a query over feature views is answered row by row. Immutable, and free of any state: whoever
/// runs it brings the values of the views.
///
/// @param views with the keys that are read, column by column
/// @param inputs what the query takes beside the values of views
/// @param levels what is computed of their rows, the innermost SELECT first
/// @param origins of each column, the columns of the views it is made of
record KeyedPlan(
    List<KeyedView> views,
    List<ServiceInput> inputs,
    List<Level> levels,
    List<Column> columns,
    List<BitSet> origins) {
  KeyedPlan {
    views = List.copyOf(views);
    inputs = List.copyOf(inputs);
    levels = List.copyOf(levels);
    columns = List.copyOf(columns);
    origins = List.copyOf(origins);
  }

  /// A view and where the values of each column of its key come from.
  record KeyedView(ViewVersion view, List<KeySource> keys) {
    KeyedView {
      keys = List.copyOf(keys);
    }
  }

  /// Where the values of a key column come from.
  sealed interface KeySource {
    /// From the query itself.
    record Constants(ListValue values) implements KeySource {}

    /// From an input.
    record Given(int input) implements KeySource {}
  }

  /// One SELECT: conditions and columns over the rows below it.
  record Level(List<Computed> where, List<Computed> items) {
    Level {
      where = List.copyOf(where);
      items = List.copyOf(items);
    }
  }

  /// How many columns the views have together.
  int baseColumns() {
    return views.stream().mapToInt(view -> view.view().program().columns().size()).sum();
  }

  /// The plan of a SELECT; empty unless it fixes every key with `=` or IN.
  ///
  /// @param find the feature views by name
  /// @param inputs the input that a column stands for, if it stands for one
  static Optional<KeyedPlan> of(
      KeyedSelect select,
      Function<String, Optional<ViewVersion>> find,
      Function<String, Optional<ServiceInput>> inputs,
      int keysMax) {
    try {
      return new Planning(find, inputs).plan(select).filter(plan -> plan.combinations() <= keysMax);
    } catch (DefinitionProblem _) {
      return Optional.empty();
    }
  }

  private long combinations() {
    long product = 1;
    for (KeyedView view : views) {
      for (KeySource source : view.keys()) {
        if (source instanceof KeySource.Constants(ListValue values)) {
          product = Math.min(Integer.MAX_VALUE, product * values.size());
        }
      }
    }
    return product;
  }

  /// A column of a level, and the key column of a view that it is, if it is one.
  private record Output(
      String table, String name, DataType type, Optional<Key> key, BitSet origins) {}

  private record Key(int view, int column) {}

  private static final class Planning {
    /// Nothing is called so.
    private static final String NO_COLUMN = "\u0000key";

    private final Function<String, Optional<ViewVersion>> find;
    private final Function<String, Optional<ServiceInput>> known;
    private final List<ViewVersion> views = new ArrayList<>();
    private final List<ServiceInput> inputs = new ArrayList<>();

    /// The columns that the inputs stand in for; those of keys stand in for none.
    private final List<String> inputColumns = new ArrayList<>();

    private final List<Level> levels = new ArrayList<>();
    private final Map<Key, KeySource> fixed = new HashMap<>();

    Planning(
        Function<String, Optional<ViewVersion>> find,
        Function<String, Optional<ServiceInput>> known) {
      this.find = find;
      this.known = known;
    }

    Optional<KeyedPlan> plan(KeyedSelect select) {
      Optional<List<Output>> outputs = level(select);
      if (outputs.isEmpty()) {
        return Optional.empty();
      }
      List<KeyedView> keyed = new ArrayList<>();
      for (int view = 0; view < views.size(); view++) {
        List<KeySource> keys = new ArrayList<>();
        for (int column = 0; column < views.get(view).program().keys().size(); column++) {
          KeySource values = fixed.get(new Key(view, column));
          if (values == null) {
            return Optional.empty();
          }
          keys.add(values);
        }
        keyed.add(new KeyedView(views.get(view), keys));
      }
      List<Column> columns =
          outputs.get().stream()
              .map(output -> new Column(output.name(), output.type(), null, null, null))
              .toList();
      List<BitSet> origins = outputs.get().stream().map(Output::origins).toList();
      return Optional.of(new KeyedPlan(keyed, inputs, levels, columns, origins));
    }

    private Optional<List<Output>> level(KeyedSelect select) {
      Optional<List<Output>> below =
          switch (select.source()) {
            case KeyedSelect.Source.Views(List<KeyedSelect.View> named) -> views(named);
            case KeyedSelect.Source.Inner(KeyedSelect inner, String alias) ->
                level(inner)
                    .map(outputs ->
                        outputs.stream()
                            .map(one ->
                                new Output(alias, one.name(), one.type(), one.key(), one.origins()))
                            .toList());
          };
      return below.map(source -> over(select, source));
    }

    private Optional<List<Output>> views(List<KeyedSelect.View> named) {
      List<Output> outputs = new ArrayList<>();
      for (KeyedSelect.View one : named) {
        Optional<ViewVersion> found = find.apply(one.name());
        if (found.isEmpty()) {
          return Optional.empty();
        }
        for (FeatureColumn column : found.get().program().columns()) {
          Optional<Key> key =
              column.isKey()
                  ? Optional.of(new Key(views.size(), column.key().getAsInt()))
                  : Optional.empty();
          BitSet origins = new BitSet();
          origins.set(outputs.size());
          outputs.add(new Output(one.alias(), column.name(), column.type(), key, origins));
        }
        views.add(found.get());
      }
      return Optional.of(outputs);
    }

    private List<Output> over(KeyedSelect select, List<Output> source) {
      RowScope scope = new RowScope();
      source.forEach(output -> scope.add(output.table(), output.name(), output.type()));
      scope.addNow();
      int columns = scope.size();
      List<Computed> where = new ArrayList<>();
      for (Expression condition : select.where()) {
        if (!fixes(condition, scope, source)) {
          where.add(compile(condition, scope, columns));
        }
      }
      List<Computed> items = new ArrayList<>();
      List<Output> outputs = new ArrayList<>();
      for (KeyedSelect.Item item : select.items()) {
        switch (item) {
          case KeyedSelect.Item.All(Optional<String> table) -> {
            for (int i = 0; i < source.size(); i++) {
              Output output = source.get(i);
              if (table.map(output.table()::equals).orElse(true)) {
                int place = i;
                items.add(new Computed(output.type(), () -> (row, out) -> row.get(place, out)));
                outputs.add(output);
              }
            }
          }
          case KeyedSelect.Item.Column(String name, Expression expression) -> {
            Computed value = compile(expression, scope, columns);
            items.add(value);
            outputs.add(
                new Output(
                    "",
                    name,
                    value.type(),
                    key(expression, scope, source),
                    origins(scope.named(expression), source)));
          }
        }
      }
      levels.add(new Level(where, items));
      return outputs;
    }

    private static BitSet origins(BitSet named, List<Output> source) {
      BitSet origins = new BitSet();
      named.stream()
          .filter(place -> place < source.size())
          .forEach(place -> origins.or(source.get(place).origins()));
      return origins;
    }

    /// After the columns below and the time come the inputs, those of all levels.
    private Computed compile(Expression expression, RowScope scope, int columns) {
      for (String name : RowScope.names(expression)) {
        if (!inputColumns.contains(name)) {
          known.apply(name).ifPresent(input -> add(input, name));
        }
      }
      for (int i = scope.size() - columns; i < inputs.size(); i++) {
        scope.add("", inputColumns.get(i), inputs.get(i).type());
      }
      return scope.compile(expression);
    }

    private void add(ServiceInput input, String column) {
      inputs.add(input);
      inputColumns.add(column);
    }

    private static Optional<Key> key(Expression expression, RowScope scope, List<Output> source) {
      if (expression
          instanceof Expression.Name(Optional<String> table, String column, int _, int _)) {
        OptionalInt place = scope.find(table, column);
        return place.isPresent() && place.getAsInt() < source.size()
            ? source.get(place.getAsInt()).key()
            : Optional.empty();
      }
      return Optional.empty();
    }

    /// Whether a condition says which values a key column has; it is then done.
    private boolean fixes(Expression condition, RowScope scope, List<Output> source) {
      if (!(condition instanceof Expression.Call call) || call.arguments().size() != 2) {
        return false;
      }
      Expression left = call.arguments().get(0);
      Expression right = call.arguments().get(1);
      if (call.function().equals("equals")) {
        return fixes(left, List.of(right), scope, source)
            || fixes(right, List.of(left), scope, source);
      }
      if (call.function().equals("in")
          && right instanceof Expression.Call list
          && (list.function().equals("tuple") || list.function().equals("array"))) {
        return fixes(left, list.arguments(), scope, source);
      }
      return call.function().equals("in") && fixes(left, List.of(right), scope, source);
    }

    private boolean fixes(
        Expression column, List<Expression> values, RowScope scope, List<Output> source) {
      Optional<Key> key = key(column, scope, source);
      if (key.isEmpty() || fixed.containsKey(key.get())) {
        return false;
      }
      DataType type = views.get(key.get().view()).program().keyTypes().get(key.get().column());
      Optional<ServiceInput> given = given(values);
      if (given.isPresent()) {
        ServiceInput input = new ServiceInput(given.get().parameter(), type);
        add(input, NO_COLUMN);
        fixed.put(key.get(), new KeySource.Given(inputs.size() - 1));
        return true;
      }
      ListValue.Builder read = ListValue.builder(Shape.of(type), values.size());
      Slot slot = new Slot();
      Set<String> seen = new HashSet<>();
      for (Expression value : values) {
        Optional<Literal> literal = literal(value, type);
        if (literal.isEmpty() || !read(literal.get(), type, slot)) {
          return false;
        }
        if (seen.add(literal.get().toString())) {
          ListValue.Builder _ = read.add(slot);
        }
      }
      fixed.put(key.get(), new KeySource.Constants(read.build()));
      return true;
    }

    private Optional<ServiceInput> given(List<Expression> values) {
      return values.size() == 1
              && values.getFirst()
                  instanceof Expression.Name(Optional<String> table, String column, int _, int _)
              && table.isEmpty()
          ? known.apply(column)
          : Optional.empty();
    }

    /// A constant as templates write it: `'a'`, `1`, `toUInt32('1')`.
    private static Optional<Literal> literal(Expression value, DataType type) {
      return switch (value) {
        case Expression.Constant(Literal literal, int _, int _) -> Optional.of(literal);
        case Expression.Call call
            when call.arguments().size() == 1
                && (call.function().equals("to" + bare(type).sql())
                    || (bare(type) instanceof DataType.Int
                        && call.function().matches("toU?Int[0-9]{1,3}"))) ->
            literal(call.arguments().getFirst(), type);
        default -> Optional.empty();
      };
    }

    private static DataType bare(DataType type) {
      return switch (type) {
        case DataType.NullableOf(DataType inner) -> bare(inner);
        case DataType.LowCardinality(DataType inner) -> bare(inner);
        default -> type;
      };
    }

    private static boolean read(Literal literal, DataType type, Slot slot) {
      return switch (literal) {
        case Literal.Number(String text) -> JsonKeys.read(text, false, type, slot);
        case Literal.Text(String text) -> JsonKeys.read(text, true, type, slot);
        case Literal.Truth(boolean value) -> JsonKeys.read(value ? "1" : "0", false, type, slot);
        case Literal.Null() -> false;
      };
    }
  }
}
