// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.deployment.Deployments;

/// `GET /v1/project`: the files of the live deployment, as a deployment takes them.
public final class ProjectRoute {
  private final Access access;
  private final Deployments deployments;

  public ProjectRoute(Access access, Deployments deployments) {
    this.access = access;
    this.deployments = deployments;
  }

  public void addTo(Routes routes) {
    routes.own("GET", "/v1/project", this::files);
  }

  private void files(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    List<Map<String, Object>> files =
        deployments.files(caller.workspace()).stream()
            .map(file -> {
              Map<String, Object> shape = new LinkedHashMap<>();
              shape.put("path", file.path());
              shape.put("content", file.text());
              return shape;
            })
            .toList();
    exchange.respondJson(200, Map.of("files", files));
  }
}
