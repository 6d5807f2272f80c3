// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;

/// `/v0/tags`: which resources the files give which tags.
public final class TagRoutes {
  private final Access access;

  public TagRoutes(Access access) {
    this.access = access;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/tags", this::list)
        .compatible("POST", "/v0/tags", this::refuse)
        .compatible("PUT", "/v0/tags/{name}", this::refuse)
        .compatible("DELETE", "/v0/tags/{name}", this::refuse);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Map<String, List<Map<String, String>>> tagged = new TreeMap<>();
    for (DataSource source : caller.resources().dataSources()) {
      if (caller.token().mayReadDataSource(source.name(), source.publicId())) {
        Map<String, String> resource = resource(source.publicId(), source.name(), "datasource");
        source.tags().forEach(tag -> add(tagged, tag, resource));
      }
    }
    for (CompiledPipe pipe : caller.resources().pipes()) {
      if (caller.token().mayReadPipe(pipe.name(), pipe.pipe().id())) {
        Map<String, String> resource = resource(pipe.pipe().id(), pipe.name(), "pipe");
        pipe.pipe().tags().forEach(tag -> add(tagged, tag, resource));
      }
    }
    List<Map<String, Object>> tags = new ArrayList<>();
    tagged.forEach((name, resources) -> {
      Map<String, Object> tag = new LinkedHashMap<>();
      tag.put("name", name);
      tag.put("resources", resources);
      tags.add(tag);
    });
    exchange.respondJson(200, Map.of("tags", tags));
  }

  private static void add(
      Map<String, List<Map<String, String>>> tagged, String tag, Map<String, String> resource) {
    tagged.computeIfAbsent(tag, _ -> new ArrayList<>()).add(resource);
  }

  private static Map<String, String> resource(String id, String name, String type) {
    Map<String, String> resource = new LinkedHashMap<>();
    resource.put("id", id);
    resource.put("name", name);
    resource.put("type", type);
    return resource;
  }

  private void refuse(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    throw new PlatformException(
        HttpError.INVALID_REQUEST,
        "tags belong to the files: write TAGS \"a, b\" into the .datasource or .pipe and deploy it");
  }
}
