// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.catalog.Connection;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectReader;
import kinglet.catalog.deployment.Deployments;
import kinglet.error.PlatformException;

/// `/v0/connectors`: the connections of a workspace, as JSON or as a file.
public final class ConnectorRoutes {
  private static final String FILE_SUFFIX = ".connection";

  /// Values that are, or hold, something secret.
  private static final Pattern SECRET = Pattern.compile(".*(SECRET|KEY|PEM|CREDENTIALS_JSON)");

  private final Access access;
  private final Deployments deployments;

  public ConnectorRoutes(Access access, Deployments deployments) {
    this.access = access;
    this.deployments = deployments;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/connectors", this::list)
        .compatible("GET", "/v0/connectors/{name}", this::one)
        .compatible("GET", "/v0/connectors/{name}/preview", this::preview);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    String service = exchange.query().first("service").orElse("");
    List<Map<String, Object>> connectors =
        caller.resources().connections().stream()
            .filter(connection -> service.isEmpty() || connection.type().equals(service))
            .map(connection -> shape(connection, caller.resources()))
            .toList();
    exchange.respondJson(200, Map.of("connectors", connectors));
  }

  private void one(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    String segment = exchange.segment("name");
    if (!segment.endsWith(FILE_SUFFIX)) {
      exchange.respondJson(200, shape(find(caller, segment), caller.resources()));
      return;
    }
    String name = segment.substring(0, segment.length() - FILE_SUFFIX.length());
    String text =
        ProjectReader.expanded(
                FileKind.CONNECTION,
                find(caller, name).name(),
                deployments.files(caller.workspace()))
            .orElseThrow(() -> unknown(name));
    exchange.respond(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  private void preview(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    Connection connection = find(caller, exchange.segment("name"));
    throw new PlatformException(
        HttpError.NOT_AVAILABLE,
        "Reading from connections is not available yet: '"
            + connection.name()
            + "' (TYPE "
            + connection.type()
            + ") is kept, but cannot be previewed");
  }

  private static Connection find(Caller caller, String nameOrId) {
    return caller.resources().connections().stream()
        .filter(one -> one.name().equals(nameOrId) || one.id().equals(nameOrId))
        .findFirst()
        .orElseThrow(() -> unknown(nameOrId));
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        HttpError.UNKNOWN_RESOURCE, "Connection '" + name + "' does not exist");
  }

  private static Map<String, Object> shape(Connection connection, Resources resources) {
    Map<String, String> settings = new TreeMap<>();
    connection
        .settings()
        .forEach((name, value) -> {
          if (!SECRET.matcher(name).matches()) {
            settings.put(name.toLowerCase(Locale.ROOT), value);
          }
        });
    List<Map<String, Object>> linkers = new ArrayList<>();
    for (DataSource source : resources.dataSources()) {
      boolean linked =
          Stream.of("KAFKA_CONNECTION_NAME", "IMPORT_CONNECTION_NAME")
              .anyMatch(key -> connection.name().equals(source.settings().get(key)));
      if (linked) {
        linkers.add(Map.of("datasource_id", source.publicId()));
      }
    }
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", connection.id());
    shape.put("name", connection.name());
    shape.put("service", connection.type());
    shape.put("settings", settings);
    shape.put("linkers", linkers);
    return shape;
  }
}
