// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.Optional;
import java.util.stream.Stream;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.PipeKind;
import kinglet.error.PlatformException;

/// Calls that run what a file describes and this server only keeps: sinks, and reading from
/// connections. They say so, with the instruction that describes it.
public final class UnavailableRoutes {
  private final Access access;

  public UnavailableRoutes(Access access) {
    this.access = access;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("POST", "/v0/pipes/{name}/sink", this::sink)
        .compatible("POST", "/v0/datasources/{name}/scheduling/runs", this::schedule)
        .compatible("GET", "/v0/datasources/{name}/scheduling/state", this::schedule)
        .compatible("PUT", "/v0/datasources/{name}/scheduling/state", this::schedule);
  }

  private void sink(Exchange exchange) {
    CompiledPipe pipe = pipe(exchange);
    if (!(pipe.pipe().kind() instanceof PipeKind.Sink sink)) {
      throw otherKind(pipe, "sink");
    }
    String connection = sink.settings().getOrDefault("EXPORT_CONNECTION_NAME", "");
    throw notAvailable(
        "Running sinks", pipe.name(), "TYPE sink, EXPORT_CONNECTION_NAME " + connection);
  }

  private void schedule(Exchange exchange) {
    Caller caller = access.caller(exchange);
    DataSource source = DataSourceRoutes.readable(caller, exchange.segment("name"));
    Optional<String> connection =
        Stream.of("IMPORT_CONNECTION_NAME", "KAFKA_CONNECTION_NAME")
            .filter(source.settings()::containsKey)
            .findFirst();
    if (connection.isEmpty()) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "The data source '" + source.name() + "' does not read from a connection");
    }
    String instruction = connection.get();
    throw notAvailable(
        "Reading from connections",
        source.name(),
        instruction + " " + source.settings().get(instruction));
  }

  private CompiledPipe pipe(Exchange exchange) {
    Caller caller = access.caller(exchange);
    String name = exchange.segment("name");
    CompiledPipe pipe =
        caller
            .resources()
            .pipe(name)
            .orElseThrow(() ->
                new PlatformException(HttpError.UNKNOWN_RESOURCE, "Pipe '" + name + "' not found"));
    caller.require(
        () -> caller.token().mayReadPipe(pipe.name(), pipe.pipe().id()),
        "it may not read the pipe " + name);
    return pipe;
  }

  private static PlatformException otherKind(CompiledPipe pipe, String wanted) {
    return new PlatformException(
        HttpError.INVALID_REQUEST,
        "The pipe '"
            + pipe.name()
            + "' is no "
            + wanted
            + " pipe: its TYPE is "
            + pipe.pipe().kind().type());
  }

  private static PlatformException notAvailable(String what, String name, String instruction) {
    return new PlatformException(
        HttpError.NOT_AVAILABLE,
        what + " is not available yet: '" + name + "' (" + instruction + ") is kept, not run");
  }
}
