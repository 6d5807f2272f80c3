// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Everything a deployment will do.
///
/// @param heldForViews numbers of the data sources whose flushes wait while views are made
/// @param heldForSwitch numbers of those whose flushes wait while the resources are switched
/// @param drained numbers of those whose rows must all be stored before the switch
/// @param checks queries that must count no row at the switch, with what to say otherwise
/// @param tables the statements that make tables, before everything else
/// @param waves what makes views and fills new tables, one after the other
record Plan(
    List<DataSourcePlan> dataSources,
    List<ViewPlan> views,
    StoredResources next,
    List<TokenDeclaration> tokens,
    Deployment report,
    Set<Long> heldForViews,
    Set<Long> heldForSwitch,
    Set<Long> drained,
    Map<String, String> checks,
    List<String> tables,
    List<Wave> waves,
    Intent intent) {

  /// Views, and what fills the tables that rows reach through them; each statement is harmless when
  /// repeated.
  ///
  /// @param views the statements that make them, under the hold
  record Wave(List<String> views, List<Population> populations) {
    Wave() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  Staged staged() {
    return new Staged(next, tokens, heldForSwitch, drained, checks);
  }

  /// What changes in place, as SQL over the data sources' names.
  List<String> operations() {
    List<String> operations = new ArrayList<>();
    for (DataSourcePlan plan : dataSources) {
      Alteration alteration = plan.alteration;
      if (plan.fate == Fate.ALTER && alteration != null) {
        operations.addAll(alteration.operations());
      }
    }
    return operations;
  }

  boolean isEmpty() {
    return report.dataSources().isEmpty()
        && report.pipes().isEmpty()
        && report.connections().isEmpty()
        && report.monitors().isEmpty()
        && report.tokenChanges().isEmpty();
  }
}
