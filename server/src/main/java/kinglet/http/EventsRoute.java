// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.ingest.EventIngest;
import kinglet.ingest.flush.FlushOutcome;
import kinglet.ingest.flush.Flusher;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.observe.DataSourceOperation;
import kinglet.observe.ServiceLog;

/// `POST /v0/events`: durable when answered, and stored too when the caller waits.
public final class EventsRoute {
  private final Access access;
  private final RequestBodies bodies;
  private final EventsCreation creation;
  private final EventIngest ingest;
  private final Flusher flusher;
  private final Duration waitTimeout;
  private final ServiceLog log;
  private final Counter rows;
  private final Counter quarantinedRows;

  public EventsRoute(
      Access access,
      RequestBodies bodies,
      EventsCreation creation,
      EventIngest ingest,
      Flusher flusher,
      Duration waitTimeout,
      ServiceLog log,
      Metrics metrics) {
    this.access = access;
    this.bodies = bodies;
    this.creation = creation;
    this.ingest = ingest;
    this.flusher = flusher;
    this.waitTimeout = waitTimeout;
    this.log = log;
    this.rows = metrics.counter("events.rows");
    this.quarantinedRows = metrics.counter("events.quarantined.rows");
  }

  public void addTo(Routes routes) {
    routes.compatible("POST", "/v0/events", this::accept);
  }

  /// What was accepted, and where it goes.
  private record Taken(DataSource source, EventIngest.Accepted accepted) {}

  private void accept(Exchange exchange) {
    Caller caller = access.rowCaller(exchange, Parameters.NONE);
    Parameters query = exchange.query();
    EventIngest.Format format = format(query.first("format").orElse("ndjson"));
    String name = query.first("name").orElse("");
    Optional<DataSource> known =
        creation.applies(caller, name)
            ? Optional.empty()
            : Optional.of(appendable(access, exchange, caller, query));
    Taken into =
        bodies.with(
            exchange,
            body -> {
              access.countBytes(exchange, caller, body.length);
              DataSource source = known.orElseGet(() -> creation.make(caller, name, body));
              return new Taken(source, taken(exchange, source, body, format));
            });
    DataSource source = into.source();
    EventIngest.Accepted taken = into.accepted();
    rows.add(taken.successfulRows());
    quarantinedRows.add(taken.quarantinedRows());
    if (!query.isSet("wait")) {
      respond(exchange, 202, taken.successfulRows(), taken.quarantinedRows());
      return;
    }
    switch (flusher.awaitFlushed(source.id(), taken.firstSeq(), taken.lastSeq(), waitTimeout)) {
      case FlushOutcome.Stored() ->
          respond(exchange, 200, taken.successfulRows(), taken.quarantinedRows());
      case FlushOutcome.Waiting() ->
          // Durable, and not stored yet: the status says so.
          respond(exchange, 202, taken.successfulRows(), taken.quarantinedRows());
      case FlushOutcome.Incomplete incomplete -> respondIncomplete(exchange, taken, incomplete);
    }
  }

  private EventIngest.Accepted taken(
      Exchange exchange, DataSource source, byte[] body, EventIngest.Format format) {
    long start = System.nanoTime();
    try {
      EventIngest.Accepted taken = ingest.accept(source, body, format);
      log.events(
          source,
          taken.successfulRows(),
          taken.quarantinedRows(),
          body.length,
          System.nanoTime() - start);
      return taken;
    } catch (PlatformException e) {
      log.add(
          DataSourceOperation.of(
                  source.workspaceId(),
                  log.now(),
                  DataSourceOperation.Type.APPEND_HFI,
                  DataSourceOperation.Target.of(source),
                  System.nanoTime() - start)
              .failed(e.text())
              .by(DataSourceOperation.Cause.request(exchange.requestId())));
      throw e;
    }
  }

  private static void respondIncomplete(
      Exchange exchange, EventIngest.Accepted taken, FlushOutcome.Incomplete incomplete) {
    long successful = Math.max(0, taken.successfulRows() - incomplete.quarantinedRows());
    long quarantined = taken.quarantinedRows() + incomplete.quarantinedRows();
    if (incomplete.views().isEmpty()) {
      respond(exchange, 200, successful, quarantined);
      return;
    }
    Map<String, Object> body = counts(successful, quarantined);
    body.put(
        "error",
        "the rows are stored, but not in every materialized view: "
            + String.join("; ", incomplete.views()));
    exchange.respondJson(422, body);
  }

  private static void respond(Exchange exchange, int status, long successful, long quarantined) {
    exchange.respondJson(status, counts(successful, quarantined));
  }

  private static Map<String, Object> counts(long successful, long quarantined) {
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("successful_rows", successful);
    counts.put("quarantined_rows", quarantined);
    return counts;
  }

  static DataSource appendable(Access access, Exchange exchange, Caller caller, Parameters given) {
    String name =
        given
            .first("name")
            .filter(text -> !text.isBlank())
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.INVALID_REQUEST, "name= is missing: which data source is it for?"));
    DataSource source = access.dataSource(exchange, caller, name);
    caller.require(
        () -> caller.token().mayAppend(source.name(), source.publicId()),
        "it may not append to the data source " + source.name());
    return source;
  }

  private static EventIngest.Format format(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "ndjson" -> EventIngest.Format.NDJSON;
      case "json" -> EventIngest.Format.JSON;
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST, "format='" + name + "' is neither ndjson nor json");
    };
  }
}
