// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.feature.BatchHead.Interval;
import kinglet.feature.BatchRequest.With;
import kinglet.feature.KeyedPlan.KeyedView;
import kinglet.state.ReadStatus;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Slot;

/// Answers batch calls of feature services. Safe from any thread.
public final class ServiceReads {
  private final Features features;
  private final int keysMax;
  private final Duration timeout;

  /// @param keysMax how many keys one call may ask for
  /// @param timeout how long one call may take
  public ServiceReads(Features features, int keysMax, Duration timeout) {
    this.features = features;
    this.keysMax = keysMax;
    this.timeout = timeout;
  }

  /// The services of a workspace, by name.
  public Map<String, FeatureService> services(Workspace workspace) {
    return features.services(workspace);
  }

  /// Answers a batch call: of each row of the request one row.
  ///
  /// @param request as JSON
  public BatchAnswer batch(
      Workspace workspace, String name, ServicePlans plans, byte[] request, BatchFormat format) {
    BatchRequest wanted = BatchRequest.read(request, keysMax);
    Answered<BatchWriter> answered = answer(workspace, name, plans, wanted, format::writer);
    return new BatchAnswer(answered.head(), answered.rows().end());
  }

  /// What an answer says of all its rows, and what took them.
  record Answered<T extends BatchRows>(BatchHead head, T rows) {}

  /// Hands the rows of an answer on.
  ///
  /// @param begin makes what takes them
  <T extends BatchRows> Answered<T> answer(
      Workspace workspace,
      String name,
      ServicePlans plans,
      BatchRequest wanted,
      Function<BatchHead, T> begin) {
    FeatureService service =
        Optional.ofNullable(features.services(workspace).get(name))
            .orElseThrow(() ->
                new PlatformException(
                    FeatureError.UNKNOWN_FEATURES,
                    "The pipe '" + name + "' is no feature service: it reads no feature view"));
    ReadBudget budget = wanted.budget(timeout);
    check(name, plans.parameters(), wanted);
    long journalSeq = features.appliedSeq(workspace, service.views());
    long readMicros = wanted.asOfMicros().orElseGet(features::nowMicros);
    Calls calls = new Calls(wanted, plans, budget);
    BatchHead head = calls.head(service, readMicros, journalSeq);
    T rows = begin.apply(head);
    calls.run(
        head,
        rows,
        new ServiceReadLog(features.readLog(), workspace.id(), service, calls.columns()));
    return new Answered<>(head, rows);
  }

  private static void check(String service, Map<String, Boolean> known, BatchRequest wanted) {
    if (wanted.keys().isEmpty()) {
      throw new PlatformException(
          FeatureError.MISSING_KEY,
          "keys is missing: an object with an array of values for each parameter of the key");
    }
    Map<String, RequestColumn> given = new LinkedHashMap<>(wanted.keys());
    given.putAll(wanted.request());
    known.forEach((name, required) -> {
      RequestColumn column = given.get(name);
      if (required && (column == null || column.firstNull() >= 0)) {
        throw new PlatformException(
            FeatureError.MISSING_KEY,
            (column == null ? "'" + name : "'" + column.name() + "[" + column.firstNull() + "]")
                + "' is missing: the service '"
                + service
                + "' needs it in keys or in request");
      }
    });
    for (String name : given.keySet()) {
      if (!known.containsKey(name)) {
        throw new PlatformException(
            FeatureError.INVALID_READ,
            "'"
                + name
                + "' is no parameter of the service '"
                + service
                + "'; it takes "
                + String.join(", ", known.keySet()));
      }
    }
  }

  /// The rows of one request. Belongs to one thread.
  private static final class Calls {
    private final BatchRequest request;
    private final ReadBudget budget;
    private final Map<String, RequestColumn> columns = new LinkedHashMap<>();

    /// Of each row, as far as there was time.
    private final List<KeyedQuery> queries = new ArrayList<>();

    Calls(BatchRequest request, ServicePlans plans, ReadBudget budget) {
      this.request = request;
      this.budget = budget;
      columns.putAll(request.keys());
      columns.putAll(request.request());
      Map<String, String> arguments = new LinkedHashMap<>();
      for (int row = 0; row < request.rows(); row++) {
        // The first one says which columns there are.
        if (row > 0 && budget.isSpent()) {
          return;
        }
        arguments.clear();
        for (Map.Entry<String, RequestColumn> column : columns.entrySet()) {
          String text = column.getValue().text(row);
          if (text != null) {
            arguments.put(column.getKey(), text);
          }
        }
        queries.add(plans.of(arguments));
      }
    }

    BatchHead head(FeatureService service, long readMicros, long journalSeq) {
      List<Column> keys = new ArrayList<>();
      request
          .keys()
          .forEach((name, column) -> {
            DataType type = type(name);
            keys.add(
                new Column(
                    name,
                    column.firstNull() < 0 || type.nullable()
                        ? type
                        : new DataType.NullableOf(type),
                    null,
                    null,
                    null));
          });
      List<Column> values = queries.isEmpty() ? List.of() : queries.getFirst().columns();
      return new BatchHead(
          service.name(),
          service.version(),
          readMicros,
          journalSeq,
          keys,
          values,
          request.with().contains(With.INTERVAL) ? intervals(readMicros) : List.of(),
          request.with());
    }

    /// The type of a key, as the first query that compares it with one has it.
    private DataType type(String parameter) {
      return queries.stream()
          .flatMap(query -> query.program().inputs().stream())
          .filter(input -> input.parameter().equals(parameter))
          .map(ServiceInput::type)
          .findFirst()
          .orElse(new DataType.StringType());
    }

    private List<Interval> intervals(long readMicros) {
      if (queries.isEmpty()) {
        return List.of();
      }
      KeyedPlan plan = queries.getFirst().program().plan();
      return plan.origins().stream().map(origins -> interval(plan, origins, readMicros)).toList();
    }

    private static Interval interval(KeyedPlan plan, BitSet origins, long readMicros) {
      Interval interval = null;
      int first = 0;
      for (KeyedView keyed : plan.views()) {
        ViewProgram program = keyed.view().program();
        BitSet own = origins.get(first, first + program.columns().size());
        if (!own.isEmpty()) {
          Interval one = Interval.of(program, own, readMicros);
          interval = interval == null ? one : interval.with(one);
        }
        first += program.columns().size();
      }
      return interval == null ? new Interval(OptionalLong.empty(), readMicros) : interval;
    }

    Map<String, RequestColumn> columns() {
      return columns;
    }

    void run(BatchHead head, BatchRows writer, ServiceReadLog log) {
      List<ListValue> keys = new ArrayList<>();
      List<RequestColumn> keyColumns = List.copyOf(request.keys().values());
      for (int i = 0; i < keyColumns.size(); i++) {
        keys.add(keyColumns.get(i).as(head.keys().get(i).type()));
      }
      int row = 0;
      while (row < queries.size()) {
        KeyedQuery query = queries.get(row);
        checkSame(head, query, row);
        int from = row;
        while (row < queries.size() && queries.get(row) == query) {
          row++;
        }
        int to = row;
        boolean unused =
            query.evaluate(evaluation -> {
              ServiceRow answered = new ServiceRow(evaluation, keys);
              for (int i = from; i < to; i++) {
                takeInputs(query, evaluation, i);
                evaluation.expect();
              }
              evaluation.fetch();
              for (int i = from; i < to; i++) {
                if (budget.isSpent()) {
                  writer.row(new UnreadRow(keys, i));
                } else {
                  run(head, query, evaluation, answered, i, writer, log);
                }
              }
              return true;
            });
      }
      for (; row < request.rows(); row++) {
        writer.row(new UnreadRow(keys, row));
      }
    }

    private void run(
        BatchHead head,
        KeyedQuery query,
        ServiceEvaluation evaluation,
        ServiceRow answered,
        int row,
        BatchRows writer,
        ServiceReadLog log) {
      takeInputs(query, evaluation, row);
      answered.moveTo(row);
      long before = log.appliedSeq(query);
      int rows =
          evaluation.run(
              head.asOfMicros(),
              (number, values) -> {
                if (number == 0) {
                  answered.hold(values);
                  log.add(query.program(), evaluation, row, head.asOfMicros(), before, values);
                  writer.row(answered);
                }
              });
      if (rows != 1) {
        throw new PlatformException(
            FeatureError.INVALID_READ,
            "The service '"
                + head.service()
                + "' gives "
                + rows
                + " rows for row "
                + row
                + " of the request, not one");
      }
    }

    private void takeInputs(KeyedQuery query, ServiceEvaluation evaluation, int row) {
      List<ServiceInput> inputs = query.program().inputs();
      for (int i = 0; i < inputs.size(); i++) {
        column(inputs.get(i)).get(row, inputs.get(i).type(), evaluation.input(i));
      }
    }

    private RequestColumn column(ServiceInput input) {
      return Optional.ofNullable(columns.get(input.parameter())).orElseThrow();
    }

    private static void checkSame(BatchHead head, KeyedQuery query, int row) {
      if (!shape(query.columns()).equals(shape(head.features()))) {
        throw new PlatformException(
            FeatureError.INVALID_READ,
            "The service gives other columns for row "
                + row
                + " of the request than for the first: "
                + shape(query.columns())
                + " instead of "
                + shape(head.features())
                + "; ask for them in calls of their own");
      }
    }

    private static String shape(List<Column> columns) {
      return columns.stream()
          .map(column -> column.name() + " " + column.type().sql())
          .collect(Collectors.joining(", "));
    }
  }

  /// A row of a service. Belongs to one thread.
  private static final class ServiceRow implements BatchRow {
    private final ServiceEvaluation evaluation;
    private final List<ListValue> keys;
    private final Slot key = new Slot();
    private Slot[] values = {};
    private int row;

    ServiceRow(ServiceEvaluation evaluation, List<ListValue> keys) {
      this.evaluation = evaluation;
      this.keys = keys;
    }

    void moveTo(int to) {
      row = to;
    }

    void hold(Slot[] held) {
      values = held;
    }

    @Override
    public Slot key(int column) {
      keys.get(column).get(row, key);
      return key;
    }

    @Override
    public Slot value(int feature) {
      return values[feature];
    }

    @Override
    public ReadStatus status(int feature) {
      return evaluation.status(feature);
    }

    @Override
    public OptionalLong newestMicros() {
      return evaluation.newestMicros();
    }
  }
}
