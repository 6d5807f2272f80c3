// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.PipeKind;
import kinglet.error.PlatformException;

/// Calls that run what a file describes and this server only keeps: sinks, and reading from
/// connections. They say so, with the instruction that describes it.
public final class UnavailableRoutes {
  /// The stores of objects that connections describe.
  private static final List<String> STORES = List.of("s3", "gcs");

  private final Access access;

  public UnavailableRoutes(Access access) {
    this.access = access;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("POST", "/v0/pipes/{name}/sink", this::sink)
        .compatible("POST", "/v0/datasources/{name}/scheduling/runs", this::schedule)
        .compatible("GET", "/v0/datasources/{name}/scheduling/state", this::schedule)
        .compatible("PUT", "/v0/datasources/{name}/scheduling/state", this::schedule)
        .compatible("GET", "/v0/integrations/{service}/settings", this::integration)
        .compatible("GET", "/v0/integrations/{service}/policies/{policy}", this::integration);
  }

  /// What another cloud is to know of this server, which does not go there.
  private void integration(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    String service = exchange.segment("service").toLowerCase(Locale.ROOT);
    if (!STORES.contains(service)) {
      throw new PlatformException(
          HttpError.UNKNOWN_RESOURCE,
          "The integration '" + service + "' does not exist; there are " + STORES);
    }
    throw new PlatformException(
        HttpError.NOT_AVAILABLE,
        "Reading from and writing to "
            + service
            + " is not available yet: there is no principal to give access to");
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
    Map<String, String> settings = source.settings();
    if (!settings.containsKey("IMPORT_CONNECTION_NAME")) {
      throw new PlatformException(
          HttpError.NO_SCHEDULE,
          "The data source '"
              + source.name()
              + "' has no schedule: "
              + (settings.containsKey("KAFKA_CONNECTION_NAME")
                  ? "it is to read from Kafka, which is not available yet"
                  : "rows are sent to it; only one that imports from S3 or GCS has one"));
    }
    throw notAvailable(
        "Reading from connections",
        source.name(),
        "IMPORT_CONNECTION_NAME "
            + settings.get("IMPORT_CONNECTION_NAME")
            + ", IMPORT_SCHEDULE "
            + settings.getOrDefault("IMPORT_SCHEDULE", ""));
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
