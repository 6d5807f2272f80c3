// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import kinglet.aggregate.Aggregate;
import kinglet.aggregate.AggregateFunctions;
import kinglet.error.PlatformException;
import kinglet.expression.Evaluator;
import kinglet.expression.Expression;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.feature.definition.FeatureQuery;
import kinglet.feature.definition.FeatureView;
import kinglet.feature.definition.Frame;
import kinglet.feature.definition.Window;
import kinglet.feature.row.RowShape;
import kinglet.state.AggregateUse;
import kinglet.state.FeatureUse;
import kinglet.state.StateLayout;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import kinglet.value.Literal;
import kinglet.value.Shape;

/// Compiles one feature view: gives its expressions types, and finds what its windows share.
final class ViewCompiler {
  private static final String IF = "If";

  private final FeatureView view;
  private final Schema source;
  private final Function<String, Optional<ViewProgram>> lookups;
  private final long asOfMicros;
  private final RowScope row = new RowScope();
  private final List<Enrichment> enrichments = new ArrayList<>();

  // What windows share, by its text.
  private final Map<String, Integer> argumentPlaces = new LinkedHashMap<>();
  private final List<Computed> arguments = new ArrayList<>();
  private final Map<String, Integer> conditionPlaces = new LinkedHashMap<>();
  private final List<Computed> conditions = new ArrayList<>();
  private final Map<String, Integer> aggregatePlaces = new LinkedHashMap<>();
  private final List<AggregateUse> aggregates = new ArrayList<>();
  private final Map<FeatureUse, Integer> usePlaces = new LinkedHashMap<>();

  private ViewCompiler(
      FeatureView view,
      Schema source,
      Function<String, Optional<ViewProgram>> lookups,
      long asOfMicros) {
    this.lookups = lookups;
    this.view = view;
    this.source = source;
    this.asOfMicros = asOfMicros;
    for (Column column : source.columns()) {
      row.add(view.query().alias(), column.name(), column.type());
    }
  }

  /// The program of a view, or a [DefinitionProblem].
  ///
  /// @param source the columns of its data source
  /// @param lookups the lookup views there are, by name
  /// @param asOfMicros how far back reads at a time of the caller's reach
  static ViewProgram compile(
      FeatureView view,
      Schema source,
      Function<String, Optional<ViewProgram>> lookups,
      long asOfMicros) {
    return new ViewCompiler(view, source, lookups, asOfMicros).program();
  }

  private ViewProgram program() {
    FeatureQuery query = view.query();
    Computed eventTime = eventTime();
    LongUnaryOperator micros = EventTime.of(eventTime.type()).orElseThrow();
    checkWindows();
    query.lookups().forEach(this::enrich);
    List<Computed> keys = view.entity().stream().map(this::key).toList();
    Optional<Computed> where = query.where().map(this::scalar);
    boolean lookup = query.items().stream().noneMatch(item -> isWindowed(item.expression()));
    if (lookup && !enrichments.isEmpty()) {
      throw new DefinitionProblem(
          query.lookups().getFirst().offset(),
          "A lookup view reads one data source: join it where it is looked up");
    }
    List<Output> outputs = new ArrayList<>();
    for (FeatureQuery.Item item : query.items()) {
      outputs.add(lookup ? lookupOutput(item) : output(item));
    }
    StateLayout layout =
        new StateLayout(
            arguments.stream().map(argument -> Shape.of(argument.type())).toList(),
            conditions.size(),
            aggregates,
            lookup ? List.of() : view.query().windows().stream().map(ViewCompiler::window).toList(),
            lookup ? List.of() : List.copyOf(usePlaces.keySet()),
            lookup,
            view.ttlMicros().map(OptionalLong::of).orElse(OptionalLong.empty()),
            asOfMicros);
    RowScope values = values(layout, lookup, keys);
    List<FeatureColumn> columns = new ArrayList<>();
    List<Computed> computed = new ArrayList<>();
    for (Output output : outputs) {
      Computed value = values.compile(output.expression());
      computed.add(value);
      columns.add(new FeatureColumn(output.name(), value.type(), output.key(), output.uses()));
    }
    List<Supplier<Evaluator>> defaults =
        new ColumnDefaults(source, row, query.sourceOffset()).all();
    RowShape shape = new RowShape(source, row.used(), defaults);
    return new ViewProgram(
        view,
        shape,
        keys,
        eventTime,
        micros,
        enrichments,
        where,
        arguments,
        conditions,
        layout,
        columns,
        computed);
  }

  /// A column of the view as an expression over the values of the state and the key.
  private record Output(String name, Expression expression, OptionalInt key, List<Integer> uses) {}

  /// What the last expressions read: the values of the state, then the key.
  private RowScope values(StateLayout layout, boolean lookup, List<Computed> keys) {
    RowScope values = new RowScope();
    for (int i = 0; i < layout.values(); i++) {
      DataType type =
          lookup
              ? arguments.get(i).type()
              : aggregates.get(layout.features().get(i).aggregate()).aggregate().type();
      values.add("", valueName(i), lookup ? nullable(type) : type);
    }
    for (int i = 0; i < keys.size(); i++) {
      values.add(view.query().alias(), view.entity().get(i), keys.get(i).type());
    }
    values.addNow();
    return values;
  }

  /// No column of a data source is called so.
  private static String valueName(int place) {
    return "\u0000" + place;
  }

  private static Expression value(int place, Expression at) {
    return new Expression.Name(Optional.empty(), valueName(place), at.start(), at.end());
  }

  private static DataType nullable(DataType type) {
    return type.nullable()
            || switch (Shape.of(type)) {
              case LIST, MAP, TUPLE -> true;
              case WHOLE, FLOAT, BYTES, BIG -> false;
            }
        ? type
        : new DataType.NullableOf(
            type instanceof DataType.LowCardinality(DataType inner) ? inner : type);
  }

  private Computed eventTime() {
    int place =
        row.find(Optional.empty(), view.eventTime())
            .orElseThrow(() ->
                new BadInstruction(
                    "EVENT_TIME",
                    "The data source '"
                        + view.query().source()
                        + "' has no column '"
                        + view.eventTime()
                        + "'"));
    DataType type = row.type(place);
    if (EventTime.of(type).isEmpty()) {
      throw new BadInstruction(
          "EVENT_TIME",
          "The column '"
              + view.eventTime()
              + "' is a "
              + type.sql()
              + ": an event time is a Date, DateTime or DateTime64 that is not Nullable");
    }
    return scalar(new Expression.Name(Optional.empty(), view.eventTime(), 0, 0));
  }

  private Computed key(String name) {
    Optional<FeatureQuery.Item> item =
        view.query().items().stream().filter(one -> one.name().equals(name)).findFirst();
    if (item.isPresent() && isWindowed(item.get().expression())) {
      throw new DefinitionProblem(
          item.get().offset(),
          "'" + name + "' is a column of ENTITY: it is computed of each event, not over a window");
    }
    if (item.isEmpty() && row.find(Optional.empty(), name).isEmpty()) {
      throw new BadInstruction(
          "ENTITY",
          "Neither the SELECT nor the data source '"
              + view.query().source()
              + "' has a column '"
              + name
              + "'");
    }
    Computed key =
        scalar(
            item.map(FeatureQuery.Item::expression)
                .orElse(new Expression.Name(Optional.empty(), name, 0, 0)));
    if (!KeyCodec.takes(key.type())) {
      throw new BadInstruction(
          "ENTITY",
          "The column '" + name + "' is a " + key.type().sql() + ", which names no entity");
    }
    return key;
  }

  /// Lets expressions name the columns of a lookup view.
  private void enrich(FeatureQuery.Lookup joined) {
    ViewProgram lookup =
        lookups
            .apply(joined.view())
            .filter(ViewProgram::isLookup)
            .orElseThrow(() ->
                new DefinitionProblem(
                    joined.offset(),
                    "There is no lookup view '"
                        + joined.view()
                        + "': a feature view without windows is one"));
    List<Computed> keys = new ArrayList<>();
    List<String> entity = lookup.view().entity();
    for (int i = 0; i < entity.size(); i++) {
      keys.add(joinKey(joined, entity.get(i), lookup.keyTypes().get(i)));
    }
    for (FeatureQuery.Key key : joined.keys()) {
      if (!entity.contains(key.column())) {
        throw new DefinitionProblem(
            key.value().start(),
            "'"
                + key.column()
                + "' is no key column of '"
                + joined.view()
                + "': join it on "
                + String.join(" and ", entity));
      }
    }
    enrichments.add(new Enrichment(lookup, keys, row.size()));
    lookup
        .columns()
        .forEach(column ->
            row.add(
                joined.alias(),
                column.name(),
                column.isKey() ? nullable(column.type()) : column.type()));
  }

  private Computed joinKey(FeatureQuery.Lookup joined, String column, DataType type) {
    Expression value =
        joined.keys().stream()
            .filter(key -> key.column().equals(column))
            .findFirst()
            .orElseThrow(() ->
                new DefinitionProblem(
                    joined.offset(),
                    "The join of '"
                        + joined.view()
                        + "' leaves its key column '"
                        + column
                        + "' open: add ON "
                        + joined.alias()
                        + "."
                        + column
                        + " = …"))
            .value();
    Computed key = scalar(value);
    if (!bare(key.type()).equals(bare(type))) {
      throw new DefinitionProblem(
          value.start(),
          "'"
              + value.sql()
              + "' is a "
              + key.type().sql()
              + ", and '"
              + joined.view()
              + "."
              + column
              + "' a "
              + type.sql()
              + ": convert it");
    }
    return key;
  }

  private static DataType bare(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> bare(inner);
      case DataType.LowCardinality(DataType inner) -> bare(inner);
      default -> type;
    };
  }

  private void checkWindows() {
    for (Window window : view.query().windows()) {
      if (!window.partition().containsAll(view.entity())
          || !view.entity().containsAll(window.partition())) {
        throw new DefinitionProblem(
            window.offset(),
            "The window '"
                + window.name()
                + "' must be of the entity: PARTITION BY "
                + String.join(", ", view.entity()));
      }
      if (!window.order().equals(view.eventTime())) {
        throw new DefinitionProblem(
            window.offset(),
            "The window '"
                + window.name()
                + "' must be in the order of EVENT_TIME: ORDER BY "
                + view.eventTime());
      }
      boolean range = window.frame() instanceof Frame.Range;
      if (window.excludesGroup() && (!range || window.hopMicros().isPresent())) {
        throw new DefinitionProblem(
            window.offset(),
            "EXCLUDE GROUP is for windows with RANGE BETWEEN INTERVAL … PRECEDING and without TILE");
      }
      if (window.hopMicros().isPresent() && !range) {
        throw new BadInstruction(
            "TILE",
            "The window '"
                + window.name()
                + "' has no far end to round: TILE is for RANGE windows");
      }
    }
  }

  private static kinglet.state.Window window(Window window) {
    return switch (window.frame()) {
      case Frame.Range(long micros) ->
          window.hopMicros().isPresent()
              ? new kinglet.state.Window.Tiled(micros, window.hopMicros().get())
              : new kinglet.state.Window.Range(micros, window.excludesGroup());
      case Frame.Unbounded() -> new kinglet.state.Window.Unbounded();
      case Frame.Rows(int preceding) -> new kinglet.state.Window.Rows(preceding);
    };
  }

  private static boolean isWindowed(Expression expression) {
    return switch (expression) {
      case Expression.Call call ->
          call.window().isPresent() || call.arguments().stream().anyMatch(ViewCompiler::isWindowed);
      case Expression.Lambda lambda -> isWindowed(lambda.body());
      case Expression.Constant _, Expression.Name _, Expression.Asterisk _ -> false;
    };
  }

  private Output lookupOutput(FeatureQuery.Item item) {
    int key = view.entity().indexOf(item.name());
    if (key >= 0) {
      return keyOutput(item, key);
    }
    int place = argument(item.expression());
    return new Output(
        item.name(), value(place, item.expression()), OptionalInt.empty(), List.of(place));
  }

  private static Output keyOutput(FeatureQuery.Item item, int key) {
    Expression name =
        new Expression.Name(
            Optional.empty(), item.name(), item.expression().start(), item.expression().end());
    return new Output(item.name(), name, OptionalInt.of(key), List.of());
  }

  private Output output(FeatureQuery.Item item) {
    int key = view.entity().indexOf(item.name());
    if (key >= 0) {
      return keyOutput(item, key);
    }
    List<Integer> uses = new ArrayList<>();
    return new Output(item.name(), replaced(item.expression(), uses), OptionalInt.empty(), uses);
  }

  /// The expression with the values of the state in the place of what is computed over windows.
  private Expression replaced(Expression expression, List<Integer> uses) {
    return switch (expression) {
      case Expression.Call call when call.window().isPresent() -> {
        int place = use(call);
        uses.add(place);
        yield value(place, call);
      }
      case Expression.Call call ->
          new Expression.Call(
              checkedScalar(call),
              call.parameters(),
              call.distinct(),
              call.arguments().stream().map(argument -> replaced(argument, uses)).toList(),
              call.window(),
              call.start(),
              call.end());
      case Expression.Lambda lambda ->
          new Expression.Lambda(
              lambda.parameters(), replaced(lambda.body(), uses), lambda.start(), lambda.end());
      case Expression.Name name -> checkedName(name);
      case Expression.Constant _, Expression.Asterisk _ -> expression;
    };
  }

  /// A bare column in a column with windows is one of the entity.
  private Expression checkedName(Expression.Name name) {
    boolean own = row.find(name.table(), name.column()).isPresent();
    if (own && !view.entity().contains(name.column())) {
      throw new DefinitionProblem(
          name.start(),
          "'"
              + name.column()
              + "' is of one event: use an aggregation function, such as anyLast("
              + name.column()
              + ") OVER a window");
    }
    return name;
  }

  private static String checkedScalar(Expression.Call call) {
    if (AggregateFunctions.has(call.function())) {
      throw new DefinitionProblem(
          call.start(),
          call.function() + " is an aggregation function: say over which window, with OVER name");
    }
    return call.function();
  }

  /// The place of what a call over a window gives, among the values of the state.
  private int use(Expression.Call call) {
    String name = call.window().orElseThrow();
    int window = 0;
    while (window < view.query().windows().size()
        && !view.query().windows().get(window).name().equals(name)) {
      window++;
    }
    if (window == view.query().windows().size()) {
      throw new DefinitionProblem(
          call.start(),
          "There is no window '"
              + name
              + "': define it after WINDOW"
              + (view.query().windows().isEmpty()
                  ? ""
                  : ", or use " + view.query().windows().getFirst().name()));
    }
    return usePlaces.computeIfAbsent(
        new FeatureUse(aggregate(call), window), _ -> usePlaces.size());
  }

  private int aggregate(Expression.Call call) {
    boolean conditional =
        call.function().endsWith(IF)
            && !AggregateFunctions.has(call.function())
            && !call.arguments().isEmpty();
    String function =
        conditional
            ? call.function().substring(0, call.function().length() - IF.length())
            : call.function();
    List<Expression> taken =
        conditional ? call.arguments().subList(0, call.arguments().size() - 1) : call.arguments();
    if (call.distinct()) {
      if (!function.equalsIgnoreCase("count")) {
        throw new DefinitionProblem(
            call.start(), "DISTINCT is for count(DISTINCT x), which is uniqExact(x)");
      }
      function = "uniqExact";
    }
    if (taken.size() == 1 && taken.getFirst() instanceof Expression.Asterisk) {
      taken = List.of();
    }
    taken.stream()
        .filter(ViewCompiler::isWindowed)
        .findFirst()
        .ifPresent(inner -> {
          throw new DefinitionProblem(
              inner.start(), "What is computed over a window cannot be aggregated once more");
        });
    List<Integer> places = new ArrayList<>();
    for (Expression argument : taken) {
      places.add(argument(argument));
    }
    OptionalInt condition =
        conditional ? OptionalInt.of(condition(call.arguments().getLast())) : OptionalInt.empty();
    String key = function + "\u0000" + parameters(call) + "\u0000" + places + "\u0000" + condition;
    Integer known = aggregatePlaces.get(key);
    if (known != null) {
      return known;
    }
    Aggregate bound = bind(function, call, places);
    aggregates.add(new AggregateUse(bound, places, condition));
    aggregatePlaces.put(key, aggregates.size() - 1);
    return aggregates.size() - 1;
  }

  private Aggregate bind(String function, Expression.Call call, List<Integer> places) {
    try {
      return AggregateFunctions.bind(
          function,
          parameters(call),
          places.stream().map(place -> arguments.get(place).type()).toList());
    } catch (PlatformException e) {
      throw new DefinitionProblem(call.start(), e.text());
    }
  }

  private static List<Literal> parameters(Expression.Call call) {
    List<Literal> literals = new ArrayList<>();
    for (Expression parameter : call.parameters()) {
      if (!(parameter instanceof Expression.Constant(Literal value, int _, int _))) {
        throw new DefinitionProblem(
            parameter.start(),
            "The parameters of "
                + call.function()
                + " are constants, not '"
                + parameter.sql()
                + "'");
      }
      literals.add(value);
    }
    return literals;
  }

  private int argument(Expression expression) {
    String text = expression.sql();
    Integer known = argumentPlaces.get(text);
    if (known != null) {
      return known;
    }
    arguments.add(scalar(expression));
    argumentPlaces.put(text, arguments.size() - 1);
    return arguments.size() - 1;
  }

  private int condition(Expression expression) {
    String text = expression.sql();
    Integer known = conditionPlaces.get(text);
    if (known != null) {
      return known;
    }
    conditions.add(scalar(expression));
    conditionPlaces.put(text, conditions.size() - 1);
    return conditions.size() - 1;
  }

  private Computed scalar(Expression expression) {
    return row.compile(expression);
  }
}
