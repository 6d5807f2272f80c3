// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import kinglet.feature.FeatureColumn;
import kinglet.feature.ViewHistory;
import kinglet.type.DataType;

/// What is read of one view for a set.
///
/// @param keys the columns of the spine that are the view's key, in its order
record WantedView(ViewHistory view, List<String> keys, List<Wanted> features) {
  WantedView {
    keys = List.copyOf(keys);
    features = List.copyOf(features);
  }

  /// The view and its version.
  String versioned() {
    return view.name() + "@" + view.version();
  }

  /// All columns of a view, those of its key too.
  static WantedView whole(ViewHistory view, List<String> keys) {
    List<Wanted> columns = new ArrayList<>();
    for (int i = 0; i < view.columns().size(); i++) {
      columns.add(new Wanted(i, view.columns().get(i).name(), view.columns().get(i).type()));
    }
    return new WantedView(view, keys, columns);
  }

  /// A feature and what it is called in the set.
  ///
  /// @param column its place in the view
  record Wanted(int column, String name, DataType type) {}

  /// What `view:feature` and `view` mean. Where two views have a feature of the same name, the
  /// view's name stands before it.
  static List<WantedView> of(List<String> names, Function<String, ViewHistory> views) {
    Map<String, Chosen> chosen = new LinkedHashMap<>();
    for (String name : names) {
      String[] parts = name.split(":", 2);
      Chosen view =
          chosen.computeIfAbsent(parts[0], one -> new Chosen(views.apply(one), new TreeSet<>()));
      view.columns().addAll(matching(view.view(), parts.length == 1 ? "*" : parts[1]));
    }
    Map<String, Integer> uses = new HashMap<>();
    for (Chosen view : chosen.values()) {
      view.columns()
          .forEach(column -> uses.merge(view.view().columns().get(column).name(), 1, Integer::sum));
    }
    return chosen.values().stream()
        .map(view ->
            new WantedView(
                view.view(),
                view.view().keys(),
                view.columns().stream().map(column -> wanted(view.view(), column, uses)).toList()))
        .toList();
  }

  /// The columns of a view that are asked for, in its order.
  private record Chosen(ViewHistory view, SortedSet<Integer> columns) {}

  private static Wanted wanted(ViewHistory view, int column, Map<String, Integer> uses) {
    FeatureColumn feature = view.columns().get(column);
    String name =
        uses.getOrDefault(feature.name(), 0) > 1
            ? view.name() + "__" + feature.name()
            : feature.name();
    return new Wanted(column, name, feature.type());
  }

  private static List<Integer> matching(ViewHistory view, String name) {
    List<Integer> matching = new ArrayList<>();
    for (int i = 0; i < view.columns().size(); i++) {
      FeatureColumn column = view.columns().get(i);
      if (!column.isKey() && (name.equals("*") || column.name().equals(name))) {
        matching.add(i);
      }
    }
    if (matching.isEmpty()) {
      throw TrainingRequest.invalid(
          "the feature view '"
              + view.name()
              + "' has no feature '"
              + name
              + "'; it has "
              + view.columns().stream()
                  .filter(column -> !column.isKey())
                  .map(FeatureColumn::name)
                  .collect(Collectors.joining(", ")));
    }
    return matching;
  }
}
