// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Connection;
import kinglet.catalog.Node;
import kinglet.catalog.PipeKind;
import kinglet.error.PlatformException;

/// `/v0/pipes/{name}/nodes/{node}/sink`: nodes that are described as sinks, and kept as such.
public final class SinkRoutes {
  /// The instruction of each parameter.
  private static final Map<String, String> INSTRUCTIONS = new LinkedHashMap<>();

  static {
    INSTRUCTIONS.put("connection", "EXPORT_CONNECTION_NAME");
    INSTRUCTIONS.put("kafka_topic", "EXPORT_KAFKA_TOPIC");
    INSTRUCTIONS.put("path", "EXPORT_BUCKET_URI");
    INSTRUCTIONS.put("file_template", "EXPORT_FILE_TEMPLATE");
    INSTRUCTIONS.put("format", "EXPORT_FORMAT");
    INSTRUCTIONS.put("compression", "EXPORT_COMPRESSION");
    INSTRUCTIONS.put("write_strategy", "EXPORT_WRITE_STRATEGY");
    INSTRUCTIONS.put("strategy", "EXPORT_WRITE_STRATEGY");
    INSTRUCTIONS.put("schedule_cron", "EXPORT_SCHEDULE");
  }

  private static final String ON_DEMAND = "@on-demand";

  private final RequestBodies bodies;
  private final PipeEdits edits;

  public SinkRoutes(RequestBodies bodies, PipeEdits edits) {
    this.bodies = bodies;
    this.edits = edits;
  }

  public void addTo(Routes routes) {
    String node = "/v0/pipes/{name}/nodes/{node}/sink";
    routes
        .compatible("POST", node, this::make)
        .compatible("PUT", node, this::change)
        .compatible("DELETE", node, this::unmake);
  }

  private void make(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = edits.creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeEdits.requirePlain(pipe);
    String _ = PipeEdits.required(given, "connection");
    write(exchange, caller, pipe, node, settings(caller, given, Map.of()));
  }

  private void change(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = edits.creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    write(exchange, caller, pipe, node, settings(caller, given, sink(pipe, node).settings()));
  }

  private void unmake(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeKind.Sink _ = sink(pipe, node);
    write(exchange, caller, pipe, node, Map.of());
  }

  private void write(
      Exchange exchange,
      Caller caller,
      CompiledPipe pipe,
      Node node,
      Map<String, String> settings) {
    edits.change(caller, pipe, text -> text.withKind(node.name(), settings));
    edits.respond(exchange, caller, pipe.name());
  }

  private static Map<String, String> settings(
      Caller caller, Parameters given, Map<String, String> before) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("TYPE", "sink");
    settings.put("EXPORT_SCHEDULE", ON_DEMAND);
    settings.putAll(before);
    INSTRUCTIONS.forEach((parameter, instruction) ->
        given
            .first(parameter)
            .filter(value -> !value.isBlank())
            .ifPresent(value -> settings.put(instruction, value(caller, parameter, value))));
    return settings;
  }

  private static String value(Caller caller, String parameter, String value) {
    return switch (parameter) {
      case "connection" -> connection(caller, value);
      case "schedule_cron" -> value.equalsIgnoreCase("none") ? ON_DEMAND : value;
      default -> value;
    };
  }

  /// A connection by its name, when the caller gives a name or an id.
  private static String connection(Caller caller, String nameOrId) {
    Optional<Connection> found = ConnectorRoutes.find(caller.resources(), nameOrId);
    return found.map(Connection::name).orElseThrow(() -> ConnectorRoutes.unknown(nameOrId));
  }

  private static PipeKind.Sink sink(CompiledPipe pipe, Node node) {
    if (pipe.pipe().kind() instanceof PipeKind.Sink sink && sink.node().equals(node.name())) {
      return sink;
    }
    throw new PlatformException(
        CatalogError.UNKNOWN_NODE,
        "The node '" + node.name() + "' of the pipe '" + pipe.name() + "' is no sink");
  }

  private Parameters given(Exchange exchange) {
    return bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
  }
}
