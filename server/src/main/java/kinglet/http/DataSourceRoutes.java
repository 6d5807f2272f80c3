// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;

/// `/v0/datasources`: what they are, and emptying them.
public final class DataSourceRoutes {
  private final Access access;
  private final ClickHouse clickHouse;
  private final TableStatistics statistics;

  public DataSourceRoutes(Access access, ClickHouse clickHouse) {
    this.access = access;
    this.clickHouse = clickHouse;
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
    List<Map<String, Object>> shown = new ArrayList<>();
    for (DataSource source : caller.resources().dataSources()) {
      if (caller.token().mayReadDataSource(source.name(), source.publicId())) {
        Map<String, Object> shape = DataSourceShape.listed(source, caller.resources(), sizes);
        exchange
            .query()
            .first("attrs")
            .ifPresent(names -> shape.keySet().retainAll(List.of(names.split(","))));
        shown.add(shape);
      }
    }
    exchange.respondJson(200, Map.of("datasources", shown));
  }

  private void one(Exchange exchange) {
    Caller caller = access.caller(exchange);
    DataSource source = find(caller, exchange.segment("name"));
    caller.require(
        () -> caller.token().mayReadDataSource(source.name(), source.publicId()),
        "it may not read the data source " + source.name());
    exchange.respondJson(
        200,
        DataSourceShape.detailed(
            source, caller.resources(), statistics.of(caller.workspace().database())));
  }

  private void truncate(Exchange exchange) {
    Caller caller = access.caller(exchange);
    String name = exchange.segment("name");
    DataSource source = caller.resources().quarantined(name).orElseGet(() -> find(caller, name));
    boolean quarantine = source.quarantineName().equals(name);
    caller.require(
        () -> caller.token().mayDropDataSource(source.name(), source.publicId()),
        "it may not truncate the data source " + source.name());
    clickHouse.execute(
        Statement.of(
            Role.ADMIN,
            "TRUNCATE TABLE "
                + Identifiers.quote(
                    source.database(), quarantine ? source.quarantineTable() : source.table())));
    exchange.respondEmpty(205);
  }

  static DataSource find(Caller caller, String name) {
    return caller
        .resources()
        .dataSource(name)
        .orElseThrow(() ->
            new PlatformException(
                HttpError.UNKNOWN_RESOURCE, "Data Source \"" + name + "\" does not exist"));
  }
}
