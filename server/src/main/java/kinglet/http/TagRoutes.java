// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.PipeText;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// `/v0/tags`: which data sources and pipes have a tag. A tag lives in the `TAGS` of their files.
public final class TagRoutes {
  private final Access access;
  private final RequestBodies bodies;
  private final Deployments deployments;

  public TagRoutes(Access access, RequestBodies bodies, Deployments deployments) {
    this.access = access;
    this.bodies = bodies;
    this.deployments = deployments;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/tags", this::list)
        .compatible("POST", "/v0/tags", this::create)
        .compatible("PUT", "/v0/tags/{name}", this::update)
        .compatible("DELETE", "/v0/tags/{name}", this::remove);
  }

  /// A resource that can have tags.
  private record Tagged(FileKind kind, String id, String name, List<String> tags) {
    static List<Tagged> all(Resources resources) {
      List<Tagged> all = new ArrayList<>();
      for (DataSource source : resources.dataSources()) {
        all.add(new Tagged(FileKind.DATASOURCE, source.publicId(), source.name(), source.tags()));
      }
      for (CompiledPipe pipe : resources.pipes()) {
        all.add(new Tagged(FileKind.PIPE, pipe.pipe().id(), pipe.name(), pipe.pipe().tags()));
      }
      return all;
    }

    boolean readable(Caller caller) {
      return kind == FileKind.DATASOURCE
          ? caller.token().mayReadDataSource(name, id)
          : caller.token().mayReadPipe(name, id);
    }

    Map<String, Object> shape() {
      Map<String, Object> shape = new LinkedHashMap<>();
      shape.put("id", id);
      shape.put("name", name);
      shape.put("type", kind.word());
      return shape;
    }
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Map<String, List<Map<String, Object>>> tags = new TreeMap<>();
    for (Tagged resource : Tagged.all(caller.resources())) {
      if (resource.readable(caller)) {
        resource
            .tags()
            .forEach(
                tag -> tags.computeIfAbsent(tag, _ -> new ArrayList<>()).add(resource.shape()));
      }
    }
    List<Map<String, Object>> shapes = new ArrayList<>();
    tags.forEach((name, resources) -> shapes.add(shape(name, resources)));
    exchange.respondJson(200, Map.of("tags", shapes));
  }

  private void create(Exchange exchange) {
    change(exchange, "");
  }

  private void update(Exchange exchange) {
    change(exchange, exchange.segment("name"));
  }

  private void remove(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    String tag = exchange.segment("name");
    require(caller, tag);
    edit(caller, tag, tag, Set.of());
    exchange.respondEmpty(204);
  }

  /// Gives a tag, perhaps a known one under another name, to the resources of the body alone.
  private void change(Exchange exchange, String known) {
    JsonNode body = Json.parse(bodies.with(exchange, bytes -> bytes));
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    if (!known.isEmpty()) {
      require(caller, known);
    }
    String name = body.path("name").asString(known).strip();
    if (name.isEmpty() || name.matches("(?s).*[,\"'\\p{Cntrl}].*")) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "name must be a word or words without commas and quotes");
    }
    Set<String> wanted = new LinkedHashSet<>();
    if (body.has("resources")) {
      body.path("resources").forEach(resource -> wanted.add(resource(caller, resource).id()));
    } else {
      Tagged.all(caller.resources()).stream()
          .filter(resource -> resource.tags().contains(known))
          .forEach(resource -> wanted.add(resource.id()));
    }
    if (wanted.isEmpty()) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "resources is missing: a tag lives on data sources and pipes, name at least one");
    }
    edit(caller, known, name, wanted);
    List<Map<String, Object>> shapes =
        Tagged.all(access.current(caller)).stream()
            .filter(resource -> wanted.contains(resource.id()))
            .map(Tagged::shape)
            .toList();
    exchange.respondJson(200, shape(name, shapes));
  }

  private static Map<String, Object> shape(String tag, List<Map<String, Object>> resources) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", tag);
    shape.put("resources", resources);
    return shape;
  }

  private static void require(Caller caller, String tag) {
    if (Tagged.all(caller.resources()).stream().noneMatch(one -> one.tags().contains(tag))) {
      throw new PlatformException(HttpError.UNKNOWN_RESOURCE, "Tag \"" + tag + "\" does not exist");
    }
  }

  private static Tagged resource(Caller caller, JsonNode named) {
    String wanted =
        named.isString()
            ? named.asString()
            : named.path("id").asString(named.path("name").asString(""));
    return Tagged.all(caller.resources()).stream()
        .filter(resource -> resource.id().equals(wanted) || resource.name().equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            new PlatformException(
                HttpError.UNKNOWN_RESOURCE,
                "There is no data source or pipe \"" + wanted + "\" to tag"));
  }

  private void edit(Caller caller, String known, String name, Set<String> wanted) {
    List<UnaryOperator<ProjectEdit>> edits = new ArrayList<>();
    for (Tagged resource : Tagged.all(caller.resources())) {
      List<String> tags = new ArrayList<>(resource.tags());
      tags.removeIf(tag -> tag.equals(known) || tag.equals(name));
      if (wanted.contains(resource.id())) {
        tags.add(name);
      }
      if (!Set.copyOf(tags).equals(Set.copyOf(resource.tags()))) {
        edits.add(live -> tagged(live, resource, tags));
      }
    }
    deployments.edit(
        caller.workspace(),
        live -> {
          ProjectEdit edit = live;
          for (UnaryOperator<ProjectEdit> each : edits) {
            edit = each.apply(edit);
          }
          return edit;
        },
        DeployOptions.by(caller.token().name()));
  }

  private static ProjectEdit tagged(ProjectEdit live, Tagged resource, List<String> tags) {
    String text =
        switch (resource.kind()) {
          case DATASOURCE ->
              DataSourceText.of(resource.name(), live.files())
                  .map(file -> file.line("TAGS", String.join(", ", tags)).toString())
                  .orElseThrow(() -> withoutFile(resource));
          case PIPE, CONNECTION, MONITOR ->
              live.file(FileKind.PIPE, resource.name())
                  .map(file -> PipeText.parse(file).withTags(tags).text())
                  .orElseThrow(() -> withoutFile(resource));
        };
    return live.put(resource.kind(), resource.name(), text);
  }

  private static PlatformException withoutFile(Tagged resource) {
    return new PlatformException(
        CatalogError.CHANGE_REFUSED,
        "'" + resource.name() + "' has no file of its own, so that it cannot have tags");
  }
}
