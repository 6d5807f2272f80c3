// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CatalogError;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.catalog.SharedDataSource;
import kinglet.catalog.datafile.DataSourceExport;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.ingest.flush.FlushError;
import kinglet.ingest.flush.Flusher;
import kinglet.observe.DataSourceOperation;

/// `/v0/datasources`: what they are, as JSON or as a file, and emptying them.
public final class DataSourceRoutes {
  private static final String FILE_SUFFIX = ".datasource";

  private final Access access;
  private final ClickHouse clickHouse;
  private final Deployments deployments;
  private final Flusher flusher;
  private final Duration flushTimeout;
  private final OperationLog log;
  private final TableStatistics statistics;

  /// @param flushTimeout how long a call that empties a table waits for rows that are on their way
  public DataSourceRoutes(
      Access access,
      ClickHouse clickHouse,
      Deployments deployments,
      Flusher flusher,
      Duration flushTimeout,
      OperationLog log) {
    this.access = access;
    this.clickHouse = clickHouse;
    this.deployments = deployments;
    this.flusher = flusher;
    this.flushTimeout = flushTimeout;
    this.log = log;
    this.statistics = new TableStatistics(clickHouse);
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/datasources", this::list)
        .compatible("GET", "/v0/datasources/{name}", this::one)
        .compatible("POST", "/v0/datasources/{name}/truncate", this::truncate);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Map<String, TableStatistics.Size> sizes = statistics.of(caller.workspace().database());
    Attributes attributes = Attributes.of(exchange, "attrs");
    List<Map<String, Object>> shown = new ArrayList<>();
    for (DataSource source : caller.resources().dataSources()) {
      if (caller.token().mayReadDataSource(source.name(), source.publicId())) {
        shown.add(attributes.of(DataSourceShape.listed(source, caller.resources(), sizes)));
      }
    }
    for (SharedDataSource shared : caller.resources().shared()) {
      if (mayRead(caller, shared)) {
        shown.add(
            attributes.of(
                from(
                    shared,
                    DataSourceShape.listed(shared.shown(), caller.resources(), sizes(shared)))));
      }
    }
    exchange.respondJson(200, Map.of("datasources", shown));
  }

  private void one(Exchange exchange) {
    Caller caller = access.caller(exchange);
    String segment = exchange.segment("name");
    boolean file = segment.endsWith(FILE_SUFFIX);
    String name = file ? segment.substring(0, segment.length() - FILE_SUFFIX.length()) : segment;
    boolean text =
        file || exchange.query().first("format").filter("datasource"::equals).isPresent();
    Optional<SharedDataSource> shared =
        caller.resources().shared(name).filter(one -> mayRead(caller, one));
    if (shared.isPresent()) {
      shared(exchange, caller, shared.get(), text);
      return;
    }
    DataSource source = readable(caller, name);
    if (text) {
      file(exchange, DataSourceExport.text(source, deployments.files(caller.workspace())));
      return;
    }
    Map<String, TableStatistics.Size> sizes = statistics.of(caller.workspace().database());
    exchange.respondJson(
        200,
        Attributes.of(exchange, "attrs")
            .of(DataSourceShape.detailed(source, caller.resources(), sizes)));
  }

  private void shared(Exchange exchange, Caller caller, SharedDataSource shared, boolean text) {
    if (text) {
      // Its own file may say who reads it, and by which tokens.
      file(exchange, DataSourceText.of(shared.dataSource()).toString());
      return;
    }
    exchange.respondJson(
        200,
        Attributes.of(exchange, "attrs")
            .of(
                from(
                    shared,
                    DataSourceShape.detailed(shared.shown(), caller.resources(), sizes(shared)))));
  }

  private static void file(Exchange exchange, String text) {
    exchange.respond(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean mayRead(Caller caller, SharedDataSource shared) {
    return caller.token().mayReadDataSource(shared.name(), shared.dataSource().publicId());
  }

  /// The size of its table; its quarantine is not shared.
  private Map<String, TableStatistics.Size> sizes(SharedDataSource shared) {
    String table = shared.dataSource().table();
    return Optional.ofNullable(statistics.of(shared.dataSource().database()).get(table))
        .map(size -> Map.of(table, size))
        .orElse(Map.of());
  }

  private static Map<String, Object> from(SharedDataSource shared, Map<String, Object> shape) {
    shape.put("shared_from", shared.origin().id());
    return shape;
  }

  private void truncate(Exchange exchange) {
    Caller caller = access.caller(exchange);
    String name = exchange.segment("name");
    Optional<DataSource> quarantined = caller.resources().quarantined(name);
    DataSource named = quarantined.orElseGet(() -> find(caller, name));
    caller.require(
        () -> caller.token().mayDropDataSource(named.name(), named.publicId()),
        "it may not truncate the data source " + named.name());
    log.done(
        exchange,
        named,
        DataSourceOperation.Type.TRUNCATE,
        () ->
            deployments.removingRows(
                caller.workspace(),
                resources ->
                    resources
                        .dataSource(named.id())
                        .ifPresent(source -> truncate(source, quarantined.isPresent()))));
    exchange.respondEmpty(205);
  }

  /// Rows that were acknowledged before the call are stored first, so that none of them comes back.
  private void truncate(DataSource source, boolean quarantine) {
    if (!flusher.flushAll(flushTimeout)) {
      throw new PlatformException(
          FlushError.FLUSH_IN_DOUBT,
          "rows that were accepted are not stored yet; nothing was removed, try again later");
    }
    boolean keepsNothing = !quarantine && source.engine().kind() == EngineKind.NULL;
    if (!keepsNothing) {
      String table = quarantine ? source.quarantineTable() : source.table();
      try (Flusher.Hold _ = flusher.hold(flushTimeout)) {
        clickHouse.execute(
            Statement.of(
                Role.ADMIN, "TRUNCATE TABLE " + Identifiers.quote(source.database(), table)));
      }
    }
  }

  /// The data source of a name or an id, when the caller may read it.
  static DataSource readable(Caller caller, String name) {
    DataSource source = find(caller, name);
    caller.require(
        () -> caller.token().mayReadDataSource(source.name(), source.publicId()),
        "it may not read the data source " + source.name());
    return source;
  }

  static DataSource find(Caller caller, String name) {
    return caller.resources().dataSource(name).orElseThrow(() -> missing(caller.resources(), name));
  }

  /// Why there is no data source of that name to be changed: one that is shared can only be read.
  static PlatformException missing(Resources resources, String name) {
    return resources
        .shared(name)
        .map(shared ->
            new PlatformException(
                CatalogError.SHARED_READ_ONLY,
                "The data source '"
                    + shared.name()
                    + "' belongs to the workspace '"
                    + shared.origin().name()
                    + "': here it can only be read"))
        .orElseGet(() -> unknown(name));
  }

  static PlatformException unknown(String name) {
    return new PlatformException(
        HttpError.UNKNOWN_RESOURCE, "Data Source \"" + name + "\" does not exist");
  }
}
