// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import kinglet.error.PlatformException;
import kinglet.feature.KeyedQuery;
import kinglet.feature.ServicePlans;
import kinglet.template.OpenArgument;

/// The queries of a feature service for the calls of one token. Belongs to one thread.
///
/// A parameter is *open* while its value takes part in the query as a column, so that one query
/// serves many calls. It is *closed*, and has a query for each of its values, once a template
/// decides something by it or the query needs a constant in its place.
final class ServiceQueries implements ServicePlans {
  private final Map<String, Boolean> parameters;
  private final BiFunction<Map<String, List<String>>, Set<String>, KeyedQuery> planner;
  private final Set<String> closed = new HashSet<>();
  private final Map<Structure, KeyedQuery> known = new HashMap<>();

  /// @param planner the query for the values of closed parameters and the names of open ones
  ServiceQueries(
      Map<String, Boolean> parameters,
      BiFunction<Map<String, List<String>>, Set<String>, KeyedQuery> planner) {
    this.parameters = parameters;
    this.planner = planner;
  }

  /// What calls of one query share.
  private record Structure(Map<String, List<String>> values, Set<String> open) {}

  @Override
  public Map<String, Boolean> parameters() {
    return parameters;
  }

  @Override
  public KeyedQuery of(Map<String, String> arguments) {
    while (true) {
      Structure structure = structure(arguments);
      KeyedQuery query = known.get(structure);
      if (query != null) {
        return query;
      }
      try {
        query = planner.apply(structure.values(), structure.open());
        known.put(structure, query);
        return query;
      } catch (OpenArgument needed) {
        closed.add(needed.parameter());
      } catch (PlatformException e) {
        if (structure.open().isEmpty()) {
          throw e;
        }
        closed.addAll(structure.open());
      }
    }
  }

  private Structure structure(Map<String, String> arguments) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    Set<String> open = new HashSet<>();
    arguments.forEach((name, text) -> {
      if (closed.contains(name)) {
        values.put(name, List.of(text));
      } else {
        open.add(name);
      }
    });
    return new Structure(values, open);
  }
}
