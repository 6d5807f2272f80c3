// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.auth.Scope;
import kinglet.auth.Token;
import kinglet.auth.Tokens;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Node;
import kinglet.catalog.ResourceName;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.PipeText;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Pipes made and changed by calls: each call edits the live project's file of the pipe and deploys
/// it.
public final class PipeChangeRoutes {
  private final Access access;
  private final PipeEdits edits;
  private final Tokens tokens;
  private final RequestBodies bodies;

  public PipeChangeRoutes(Access access, PipeEdits edits, Tokens tokens, RequestBodies bodies) {
    this.access = access;
    this.edits = edits;
    this.tokens = tokens;
    this.bodies = bodies;
  }

  public void addTo(Routes routes) {
    for (String pipes : List.of("/v0/pipes", "/v1/pipes")) {
      String node = pipes + "/{name}/nodes/{node}";
      routes
          .compatible("POST", pipes, this::create)
          .compatible("PUT", pipes + "/{name}", this::update)
          .compatible("DELETE", pipes + "/{name}", this::remove)
          .compatible("POST", pipes + "/{name}/nodes", this::addNode)
          .compatible("PUT", node, this::updateNode)
          .compatible("DELETE", node, this::removeNode)
          .compatible("POST", node + "/endpoint", this::publish)
          .compatible("DELETE", node + "/endpoint", this::unpublish)
          .compatible("PUT", pipes + "/{name}/endpoint", this::publishNamed);
    }
  }

  private void create(Exchange exchange) {
    byte[] body = bodies.with(exchange, bytes -> bytes);
    String text = new String(body, StandardCharsets.UTF_8);
    boolean file =
        text.lines().anyMatch(line -> line.strip().toUpperCase(Locale.ROOT).startsWith("NODE "));
    boolean json = text.stripLeading().startsWith("{");
    Parameters given =
        file && !json ? exchange.query() : exchange.query().with(Forms.read(exchange, body));
    Caller caller = edits.creator(exchange, given);
    if (file && !json) {
      // A file may grant permissions and feed data sources.
      caller.requireAdmin();
    }
    String name = PipeEdits.required(given, "name");
    ResourceName.problem(name).ifPresent(PipeChangeRoutes::refuseName);
    String content = file && !json ? text : created(caller, name, given).text();
    edits.edit(
        caller,
        edit -> {
          if (edit.file(FileKind.PIPE, name).isPresent()) {
            throw new PlatformException(
                CatalogError.PIPE_EXISTS,
                "The pipe '" + name + "' exists already; change it with PUT");
          }
          return edit.put(FileKind.PIPE, name, content);
        });
    edits.respond(exchange, caller, name);
  }

  /// A pipe from `nodes`, or with the one node of `sql`.
  private static PipeText created(Caller caller, String name, Parameters given) {
    PipeText pipe = PipeText.empty().withDescription(given.first("description").orElse(""));
    List<String> nodes = given.all("nodes");
    if (nodes.isEmpty()) {
      return pipe.withNode(
          name + "_0", "", PipeEdits.required(given, "sql"), settings(caller, given));
    }
    int number = 0;
    for (String text : nodes) {
      Parameters node = Forms.json(Json.parse(text.getBytes(StandardCharsets.UTF_8)));
      String nodeName = node.first("name").orElse(name + "_" + number);
      ResourceName.problem(nodeName).ifPresent(PipeChangeRoutes::refuseName);
      pipe =
          pipe.withNode(
              nodeName,
              node.first("description").orElse(""),
              PipeEdits.required(node, "sql"),
              settings(caller, node));
      number++;
    }
    return pipe;
  }

  /// How a node is published: `type=materialized` with `datasource` and engine, or `endpoint`.
  private static Map<String, String> settings(Caller caller, Parameters given) {
    Map<String, String> settings = new LinkedHashMap<>();
    String type = given.first("type").orElse("").toLowerCase(Locale.ROOT);
    switch (type) {
      case "", "standard", "default" -> {}
      case "endpoint" -> settings.put("TYPE", type);
      case "materialized" -> {
        caller.require(
            () ->
                caller.token().admin() || caller.token().allows(Scope.WideScope.DATASOURCES_CREATE),
            "a materialized view needs a token with the scope DATASOURCES:CREATE or ADMIN too");
        settings.put("TYPE", type);
        settings.put("DATASOURCE", PipeEdits.required(given, "datasource"));
        given
            .values()
            .forEach((name, values) -> {
              if (name.equals("engine") || name.startsWith("engine_")) {
                settings.put(name.toUpperCase(Locale.ROOT), values.getFirst());
              }
            });
      }
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST,
              "type='" + type + "' is not standard, endpoint or materialized");
    }
    return settings;
  }

  private void update(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = edits.creator(exchange, given);
    String name = PipeEdits.find(exchange, caller).name();
    Optional<String> next = given.first("name").filter(other -> !other.equals(name));
    next.flatMap(ResourceName::problem).ifPresent(PipeChangeRoutes::refuseName);
    edits.edit(
        caller,
        edit -> {
          ProjectEdit changed = edit;
          if (given.first("description").isPresent()) {
            String description = given.first("description").get();
            changed =
                changed.put(
                    FileKind.PIPE,
                    name,
                    PipeEdits.text(edit, name).withDescription(description).text());
          }
          if (next.isPresent()) {
            if (edit.file(FileKind.PIPE, next.get()).isPresent()) {
              throw new PlatformException(
                  CatalogError.PIPE_EXISTS, "The pipe '" + next.get() + "' exists already");
            }
            changed = changed.rename(FileKind.PIPE, Map.of(name, next.get()));
          }
          return changed;
        });
    edits.respond(exchange, caller, next.orElse(name));
  }

  private void remove(Exchange exchange) {
    Caller caller = access.caller(exchange);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    String name = pipe.name();
    Token token = caller.token();
    caller.require(
        () -> token.admin() || token.mayDropPipe(name, pipe.pipe().id()),
        "this needs the scope PIPES:DROP:" + name + " or ADMIN");
    List<String> dependents =
        caller.resources().pipes().stream()
            .map(CompiledPipe::name)
            .filter(other -> !other.equals(name))
            .filter(other -> caller.resources().lineage().reads(other).contains(name))
            .toList();
    if (!dependents.isEmpty()) {
      throw new PlatformException(
          CatalogError.PIPE_IN_USE,
          "The pipe '"
              + name
              + "' is read by "
              + String.join(", ", dependents)
              + "; change or remove that first");
    }
    edits.edit(caller, edit -> edit.remove(FileKind.PIPE, name));
    exchange.respondEmpty(204);
  }

  private void addNode(Exchange exchange) {
    byte[] body = bodies.with(exchange, bytes -> bytes);
    Parameters given = nodeParameters(exchange, body);
    Caller caller = edits.creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    String name = given.first("name").orElse(pipe.name() + "_" + pipe.pipe().nodes().size());
    ResourceName.problem(name).ifPresent(PipeChangeRoutes::refuseName);
    edits.change(
        caller,
        pipe,
        text ->
            text.withNode(
                name,
                given.first("description").orElse(""),
                PipeEdits.required(given, "sql"),
                settings(caller, given)));
    edits.respondNode(exchange, caller, pipe.name(), name);
  }

  private void updateNode(Exchange exchange) {
    byte[] body = bodies.with(exchange, bytes -> bytes);
    Parameters given = nodeParameters(exchange, body);
    Caller caller = edits.creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    String node = PipeEdits.node(exchange.segment("node"), pipe).name();
    Optional<String> next = given.first("name");
    next.flatMap(ResourceName::problem).ifPresent(PipeChangeRoutes::refuseName);
    edits.change(
        caller,
        pipe,
        text -> {
          PipeText changed = text;
          if (given.first("sql").isPresent()) {
            changed = changed.withNodeSql(node, given.first("sql").get());
          }
          if (given.first("description").isPresent()) {
            changed = changed.withNodeDescription(node, given.first("description").get());
          }
          return next.isPresent() ? changed.renameNode(node, next.get()) : changed;
        });
    edits.respondNode(exchange, caller, pipe.name(), next.orElse(node));
  }

  private void removeNode(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    String node = PipeEdits.node(exchange.segment("node"), pipe).name();
    edits.change(caller, pipe, text -> text.withoutNode(node));
    exchange.respondEmpty(204);
  }

  private void publish(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    publish(exchange, caller, pipe, exchange.segment("node"));
  }

  private void publishNamed(Exchange exchange) {
    String node = bodies.with(exchange, body -> new String(body, StandardCharsets.UTF_8)).strip();
    Caller caller = edits.creator(exchange, Parameters.NONE);
    publish(exchange, caller, PipeEdits.find(exchange, caller), node);
  }

  private void publish(Exchange exchange, Caller caller, CompiledPipe pipe, String nodeOrId) {
    String node = PipeEdits.node(nodeOrId, pipe).name();
    edits.change(caller, pipe, text -> text.published(node));
    Map<String, Object> shape = edits.shape(exchange, caller, pipe.name());
    readers(caller, pipe).ifPresent(token -> shape.put("token", token.secret().reveal()));
    exchange.respondJson(200, shape);
  }

  /// The one token that is for reading this pipe, when the caller may see tokens.
  private Optional<Token> readers(Caller caller, CompiledPipe pipe) {
    if (!caller.token().mayManageTokens()) {
      return Optional.empty();
    }
    List<Token> readers =
        tokens.list(caller.workspace().id()).stream()
            .filter(token -> token.pipeScope(pipe.name(), pipe.pipe().id()).isPresent())
            .toList();
    return readers.size() == 1 ? Optional.of(readers.getFirst()) : Optional.empty();
  }

  private void unpublish(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node unused = PipeEdits.node(exchange.segment("node"), pipe);
    edits.change(caller, pipe, PipeText::unpublished);
    edits.respond(exchange, caller, pipe.name());
  }

  private Parameters given(Exchange exchange) {
    return bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
  }

  /// The body of a node is its SQL, or a JSON object or multipart form with `sql`.
  private static Parameters nodeParameters(Exchange exchange, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    boolean form =
        exchange.header("content-type").orElse("").startsWith("multipart/")
            || text.startsWith("sql=")
            || isJson(text);
    if (form) {
      return exchange.query().with(Forms.read(exchange, body));
    }
    return text.isBlank()
        ? exchange.query()
        : exchange.query().with(new Parameters(Map.of("sql", List.of(text))));
  }

  private static boolean isJson(String text) {
    if (!text.stripLeading().startsWith("{") || text.stripLeading().startsWith("{{")) {
      return false;
    }
    JsonNode document = Json.parse(text.getBytes(StandardCharsets.UTF_8));
    return document.isObject();
  }

  private static void refuseName(String problem) {
    throw new PlatformException(CatalogError.INVALID_NAME, problem);
  }
}
