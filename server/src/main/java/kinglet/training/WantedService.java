// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import kinglet.error.PlatformException;
import kinglet.feature.ServiceInput;
import kinglet.feature.ServicePlans;
import kinglet.feature.ServiceProgram;
import kinglet.feature.ViewHistory;
import kinglet.type.Column;

/// A feature service whose columns a set has.
///
/// @param delayMicros how long before the time of a row it is read
/// @param parameters those that the spine has a column for
/// @param query what it computes for the first row; the others must be alike
/// @param views what it reads, each with all of its columns
record WantedService(
    String name,
    int version,
    long delayMicros,
    List<String> parameters,
    ServiceProgram query,
    List<WantedView> views) {
  WantedService {
    parameters = List.copyOf(parameters);
    views = List.copyOf(views);
  }

  /// The service and its version.
  String versioned() {
    return name + "@" + version;
  }

  List<Column> columns() {
    return query.columns();
  }

  /// Whether a column is called like a parameter that the spine has: it stands in the set already,
  /// and has to be the same.
  boolean isGiven(Column column) {
    return parameters.contains(column.name());
  }

  /// The columns that the set has beside those of the spine.
  List<Column> added() {
    return columns().stream().filter(column -> !isGiven(column)).toList();
  }

  List<ServiceInput> inputs() {
    return query.inputs();
  }

  /// The parameters of a service that a spine has columns for; refuses one that lacks a column.
  static List<String> parameters(String service, ServicePlans plans, Spine spine) {
    plans
        .parameters()
        .forEach((parameter, required) -> {
          if (required && !spine.columns().containsKey(parameter)) {
            throw Spine.bad(
                "the spine has no column '"
                    + parameter
                    + "', a parameter of the service '"
                    + service
                    + "'; its columns are "
                    + String.join(", ", spine.columns().keySet()));
          }
        });
    return plans.parameters().keySet().stream().filter(spine.columns()::containsKey).toList();
  }

  /// What a service computes of a spine, planned for a row of it.
  static WantedService of(
      String name,
      int version,
      long delayMicros,
      ServicePlans plans,
      Spine spine,
      Function<String, ViewHistory> histories) {
    List<String> parameters = parameters(name, plans, spine);
    Map<String, String> example =
        spine
            .example(parameters)
            .orElseThrow(() -> Spine.bad("the spine has no rows for the service '" + name + "'"));
    ServiceProgram query;
    try {
      query = plans.of(example).program();
    } catch (PlatformException e) {
      throw Spine.bad(
          "the service '" + name + "' can't be called for a row of the spine: " + e.text());
    }
    Optional<List<ServiceProgram.ViewUse>> uses = query.uses();
    if (uses.isEmpty()) {
      throw TrainingRequest.invalid(
          "the service '"
              + name
              + "' must compare every key column with a parameter of its own, such as user_id = {{"
              + " String(user_id) }}");
    }
    return new WantedService(
        name,
        version,
        delayMicros,
        parameters,
        query,
        uses.get().stream().map(use -> view(use, histories.apply(use.view()))).toList());
  }

  private static WantedView view(ServiceProgram.ViewUse use, ViewHistory history) {
    if (history.version() != use.version()) {
      throw TrainingRequest.invalid(
          "the feature view '" + use.view() + "' was just changed: ask again");
    }
    return WantedView.whole(history, use.keys());
  }
}
