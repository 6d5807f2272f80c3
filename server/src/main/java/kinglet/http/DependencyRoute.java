// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.error.PlatformException;

/// `GET /v0/dependencies`: what is made from what.
///
/// For a data source: the data sources that materialized views fill from it, with the pipes that do
/// so. For a pipe: what it reads. For neither: what every pipe reads and every view fills.
public final class DependencyRoute {
  private final Access access;

  public DependencyRoute(Access access) {
    this.access = access;
  }

  public void addTo(Routes routes) {
    routes.compatible("GET", "/v0/dependencies", this::list);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Resources resources = caller.resources();
    Parameters query = exchange.query();
    Map<String, Collection<String>> dependencies = new LinkedHashMap<>();
    if (query.first("datasource").isPresent()) {
      DataSource source =
          DataSourceRoutes.readable(caller, query.first("datasource").orElseThrow());
      dependencies.putAll(resources.lineage().fedFrom(source.name()));
    } else if (query.first("pipe").isPresent()) {
      String name = query.first("pipe").orElseThrow();
      CompiledPipe pipe =
          resources
              .pipe(name)
              .filter(known -> caller.token().mayReadPipe(known.name(), known.pipe().id()))
              .orElseThrow(() ->
                  new PlatformException(
                      HttpError.UNKNOWN_RESOURCE, "Pipe \"" + name + "\" does not exist"));
      dependencies.put(pipe.name(), resources.lineage().reads(pipe.name()));
    } else {
      caller.requireAdmin();
      String match = query.first("match").orElse("");
      everything(resources)
          .forEach((name, names) -> {
            if (name.contains(match) && !(query.isSet("no_deps") && names.isEmpty())) {
              dependencies.put(name, names);
            }
          });
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("dependencies", dependencies);
    body.put("incompatible_datasources", Map.of());
    exchange.respondJson(200, body);
  }

  private static Map<String, List<String>> everything(Resources resources) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    resources.dataSources().forEach(source -> all.put(source.name(), new ArrayList<>()));
    for (CompiledPipe pipe : resources.pipes()) {
      all.put(pipe.name(), List.copyOf(resources.lineage().reads(pipe.name())));
    }
    resources
        .views()
        .forEach(
            view -> all.computeIfAbsent(view.target(), _ -> new ArrayList<>()).add(view.pipe()));
    return all;
  }
}
