// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// In which wave a new table is filled: what a new view joins is whole before a row passes through
/// the view.
///
/// Tables between which rows flow through new views are a group, filled in one wave. A group whose
/// views read tables of another one, besides the rows that pass, comes in a later wave. Groups that
/// wait for each other have no order: then there is one wave.
final class FillOrder {
  private final Map<String, String> groups = new HashMap<>();
  private final Map<String, Integer> waves = new HashMap<>();

  FillOrder(Map<String, DataSourcePlan> dataSources, Collection<ViewPlan> views) {
    Set<String> filled = new HashSet<>();
    dataSources.forEach((name, plan) -> {
      groups.put(name, name);
      if (plan.fate.moved()) {
        boolean _ = filled.add(name);
      }
    });
    for (ViewPlan view : views) {
      if (view.action() == ViewPlan.Action.CREATE) {
        boolean _ = filled.add(view.target());
        DataSourcePlan source = dataSources.get(view.source());
        if (source != null && source.fate.fresh()) {
          groups.put(group(view.source()), group(view.target()));
        }
      }
    }
    groups.keySet().forEach(name -> waves.put(group(name), 0));
    int rounds = 0;
    while (later(views, filled)) {
      if (++rounds > waves.size()) {
        waves.replaceAll((_, _) -> 0);
        return;
      }
    }
  }

  /// Moves groups behind those they wait for; answers whether one moved.
  private boolean later(Collection<ViewPlan> views, Set<String> filled) {
    boolean moved = false;
    for (ViewPlan view : views) {
      if (view.action() != ViewPlan.Action.CREATE) {
        continue;
      }
      String group = group(view.target());
      for (String read : view.reads()) {
        boolean joined = filled.contains(read) && !group(read).equals(group);
        if (joined && wave(read) >= wave(view.target())) {
          waves.put(group, wave(read) + 1);
          moved = true;
        }
      }
    }
    return moved;
  }

  private String group(String name) {
    String group = name;
    for (String next = groups.get(group); next != null && !next.equals(group); ) {
      group = next;
      next = groups.get(group);
    }
    return group;
  }

  /// The wave of a data source, from 0 on; the view that fills it is made in the same.
  int wave(String dataSource) {
    return waves.getOrDefault(group(dataSource), 0);
  }
}
