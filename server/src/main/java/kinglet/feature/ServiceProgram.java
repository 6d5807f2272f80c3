// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kinglet.type.Column;

/// A query over feature views that reads them by their keys, compiled: what a feature service
/// computes of keys, of what a call brings along, and of a time. Immutable.
///
/// It has no state: [#evaluation] is told where the values of views come from.
public final class ServiceProgram {
  private final KeyedPlan plan;

  ServiceProgram(KeyedPlan plan) {
    this.plan = plan;
  }

  /// The parameters it takes, for the keys and for expressions. One parameter may be there twice,
  /// with several types.
  public List<ServiceInput> inputs() {
    return plan.inputs();
  }

  /// The columns of the result.
  public List<Column> columns() {
    return plan.columns();
  }

  /// The views it reads, such as `shopper@2`.
  public List<String> views() {
    return plan.views().stream().map(keyed -> keyed.view().toString()).toList();
  }

  /// A run of it; belongs to one thread, and is used again and again.
  ///
  /// @param views in the order of [#views()]
  public ServiceEvaluation evaluation(List<? extends ViewValues> views) {
    return new ServiceEvaluation(plan, views);
  }

  /// A view, and the parameters that are its key, column by column.
  public record ViewUse(String view, int version, List<String> keys) {
    public ViewUse {
      keys = List.copyOf(keys);
    }
  }

  /// What it reads, view by view; empty if constants are part of a key.
  public Optional<List<ViewUse>> uses() {
    List<ViewUse> uses = new ArrayList<>();
    for (KeyedPlan.KeyedView keyed : plan.views()) {
      List<String> keys = new ArrayList<>();
      for (KeyedPlan.KeySource source : keyed.keys()) {
        if (!(source instanceof KeyedPlan.KeySource.Given(int input))) {
          return Optional.empty();
        }
        keys.add(plan.inputs().get(input).parameter());
      }
      uses.add(new ViewUse(keyed.view().name(), keyed.view().version(), keys));
    }
    return Optional.of(uses);
  }

  KeyedPlan plan() {
    return plan;
  }
}
