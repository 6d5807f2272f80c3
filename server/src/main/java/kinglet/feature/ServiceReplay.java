// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import kinglet.state.ReadStatus;
import kinglet.value.Slot;

/// Computes what a feature service gave once more: by its own query, of replayed views. Belongs to
/// one thread.
public final class ServiceReplay implements AutoCloseable {
  private final ServicePlans plans;
  private final List<ServiceProgram.ViewUse> uses;
  private final List<View> views;
  private final Map<KeyedQuery, ServiceEvaluation> evaluations = new HashMap<>();

  /// @param uses what the service reads
  /// @param replays one for each of them, closed with this
  public ServiceReplay(
      ServicePlans plans, List<ServiceProgram.ViewUse> uses, List<Replay> replays) {
    this.plans = plans;
    this.uses = List.copyOf(uses);
    this.views = replays.stream().map(View::new).toList();
  }

  /// A view up to a bound.
  private static final class View implements ViewValues {
    private final Replay replay;
    private long bound;
    private ReadStatus status = ReadStatus.NOT_FOUND;

    View(Replay replay) {
      this.replay = replay;
    }

    @Override
    public Slot key(int column) {
      return replay.key(column);
    }

    @Override
    public void read(long micros) {
      status = replay.read(micros, bound);
    }

    @Override
    public Slot value(int column) {
      return replay.value(column);
    }

    @Override
    public ReadStatus status() {
      return status;
    }

    @Override
    public OptionalLong newestMicros() {
      return OptionalLong.empty();
    }
  }

  /// A read that can be computed: its query, and its row.
  public record Call(KeyedQuery query, Map<String, RequestColumn> columns) {}

  /// What decides the query of a call, by parameter.
  ///
  /// @param request by parameter, as JSON
  public static Map<String, String> arguments(Map<String, String> request) {
    Map<String, String> arguments = new LinkedHashMap<>();
    request.forEach((name, json) -> {
      String text = RequestColumn.of(json, name).text(0);
      if (text != null) {
        arguments.put(name, text);
      }
    });
    return arguments;
  }

  /// The call of a request; empty if the service is another query for it than the one that is
  /// replayed.
  ///
  /// @param request by parameter, as JSON
  public Optional<Call> call(Map<String, String> request) {
    Map<String, RequestColumn> columns = new LinkedHashMap<>();
    request.forEach((name, json) -> columns.put(name, RequestColumn.of(json, name)));
    KeyedQuery query = plans.of(arguments(request));
    return query.program().uses().filter(uses::equals).map(_ -> new Call(query, columns));
  }

  /// The columns of the row, each as JSON; the bounds of successive reads do not decrease. Empty if
  /// the query gives no row.
  ///
  /// @param bound until which sequence number rows count
  public List<String> read(Call call, long readMicros, long bound) {
    ServiceProgram program = call.query().program();
    ServiceEvaluation evaluation =
        evaluations.computeIfAbsent(call.query(), query -> query.program().evaluation(views));
    views.forEach(view -> view.bound = bound);
    for (int i = 0; i < program.inputs().size(); i++) {
      ServiceInput input = program.inputs().get(i);
      RequestColumn column = call.columns().get(input.parameter());
      if (column == null) {
        throw new IllegalStateException("no value of " + input.parameter());
      }
      column.get(0, input.type(), evaluation.input(i));
    }
    List<String> values = new ArrayList<>();
    int _ =
        evaluation.run(
            readMicros,
            (number, row) -> {
              for (int i = 0; number == 0 && i < row.length; i++) {
                values.add(ViewReadLog.json(program.columns().get(i).type(), row[i]));
              }
            });
    return values;
  }

  @Override
  public void close() {
    views.forEach(view -> view.replay.close());
  }
}
