// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import kinglet.type.Column;

/// A query that fixes every key of the feature views it reads, answered from memory. Safe from any
/// thread.
public final class KeyedQuery {
  private final Features features;
  private final ServiceProgram program;
  private final List<LiveView> views;

  /// @param views in the order of the program's
  KeyedQuery(Features features, ServiceProgram program, List<LiveView> views) {
    this.features = features;
    this.program = program;
    this.views = List.copyOf(views);
  }

  /// What is computed, without the state it is computed of.
  public ServiceProgram program() {
    return program;
  }

  /// The columns of the result.
  public List<Column> columns() {
    return program.columns();
  }

  /// Whether the views it was planned for are the ones that are read now.
  public boolean isCurrent() {
    return views.stream().allMatch(features::isLive);
  }

  /// Until where the journal is part of what it gives from now on.
  long appliedSeq() {
    long applied = Long.MAX_VALUE;
    for (LiveView view : views) {
      applied = Math.min(applied, features.appliedSeq(view));
    }
    return applied;
  }

  /// How the query is answered.
  @Override
  public String toString() {
    return views.stream()
        .map(view ->
            "Read "
                + view.name()
                + "@"
                + view.version()
                + " by "
                + String.join(", ", view.program().view().entity()))
        .collect(Collectors.joining("\n", "served: memory\n", ""));
  }

  /// Hands every row of the result at the present time on; answers how many there are.
  int read(ServiceEvaluation.Rows rows) {
    long readMicros = features.nowMicros();
    return evaluate(evaluation -> evaluation.run(readMicros, rows));
  }

  /// Does something with an evaluation over the views' present state.
  <T> T evaluate(Function<ServiceEvaluation, T> use) {
    return evaluate(new ArrayList<>(), use);
  }

  private <T> T evaluate(List<ViewReader> readers, Function<ServiceEvaluation, T> use) {
    if (readers.size() == views.size()) {
      return use.apply(program.evaluation(readers));
    }
    return views
        .get(readers.size())
        .read(reader -> {
          readers.add(reader);
          return evaluate(readers, use);
        });
  }
}
