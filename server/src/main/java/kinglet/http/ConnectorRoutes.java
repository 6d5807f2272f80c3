// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.auth.Secret;
import kinglet.auth.Secrets;
import kinglet.auth.StoredSecret;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Connection;
import kinglet.catalog.DataSource;
import kinglet.catalog.PipeKind;
import kinglet.catalog.ResourceName;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.ConnectionText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectReader;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.Deployments;
import kinglet.error.PlatformException;

/// `/v0/connectors`: the connections of a workspace, as JSON or as a file.
public final class ConnectorRoutes {
  private static final String FILE_SUFFIX = ".connection";

  /// Values that are, or hold, something secret.
  private static final Pattern SECRET = Pattern.compile(".*(SECRET|KEY|PEM|CREDENTIALS_JSON)");

  private static final Pattern SETTING = Pattern.compile("(kafka|s3|gcs|dynamodb)_\\w+");

  private final Access access;
  private final RequestBodies bodies;
  private final Deployments deployments;
  private final Secrets secrets;

  public ConnectorRoutes(
      Access access, RequestBodies bodies, Deployments deployments, Secrets secrets) {
    this.access = access;
    this.bodies = bodies;
    this.deployments = deployments;
    this.secrets = secrets;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/connectors", this::list)
        .compatible("POST", "/v0/connectors", this::create)
        .compatible("GET", "/v0/connectors/{name}", this::one)
        .compatible("DELETE", "/v0/connectors/{name}", this::remove)
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

  private void create(Exchange exchange) {
    Parameters given =
        bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
    Caller caller = access.caller(exchange, given);
    caller.requireAdmin();
    String name = given.required("name");
    ResourceName.problem(name)
        .ifPresent(problem -> {
          throw new PlatformException(CatalogError.INVALID_NAME, problem);
        });
    if (find(caller.resources(), name).isPresent()) {
      throw new PlatformException(
          CatalogError.RESOURCE_EXISTS,
          "There is a connection '" + name + "' already; choose another name");
    }
    boolean check = given.isSet("dry_run");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("TYPE", given.required("service"));
    Map<String, String> hidden = new LinkedHashMap<>();
    given
        .values()
        .forEach((parameter, values) -> {
          if (SETTING.matcher(parameter).matches() && !values.getFirst().isBlank()) {
            String instruction = instruction(parameter);
            boolean secret =
                SECRET.matcher(instruction).matches() && !values.getFirst().contains("{{");
            if (secret) {
              hidden.put(secretName(name, instruction), values.getFirst());
            }
            settings.put(
                instruction,
                !secret
                    ? values.getFirst()
                    : check
                        ? "kept as a secret"
                        : "{{ tb_secret('" + secretName(name, instruction) + "') }}");
          }
        });
    String text = ConnectionText.write(settings);
    DeployOptions options = DeployOptions.by(caller.token().name());
    String workspace = caller.workspace().id();
    if (check) {
      deployments.edit(
          caller.workspace(),
          edit -> edit.put(FileKind.CONNECTION, name, text),
          options.checking());
      exchange.respondJson(200, Map.of("ok", true));
      return;
    }
    List<String> made = new ArrayList<>();
    try {
      hidden.forEach((secret, value) -> {
        StoredSecret _ =
            secrets.create(workspace, secret, new Secret(value), caller.token().name());
        made.add(secret);
      });
      deployments.edit(
          caller.workspace(), edit -> edit.put(FileKind.CONNECTION, name, text), options);
    } catch (PlatformException e) {
      made.forEach(secret -> secrets.remove(workspace, secret));
      throw e;
    }
    Resources now = access.current(caller);
    exchange.respondJson(200, shape(find(now, name).orElseThrow(), now));
  }

  private static String instruction(String parameter) {
    return switch (parameter) {
      case "kafka_sasl_plain_username" -> "KAFKA_KEY";
      case "kafka_sasl_plain_password" -> "KAFKA_SECRET";
      default -> parameter.toUpperCase(Locale.ROOT);
    };
  }

  /// What a value that must not stand in a file is called among the secrets.
  private static String secretName(String connection, String instruction) {
    return connection + "_" + instruction;
  }

  private void remove(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    Connection connection = find(caller, exchange.segment("name"));
    List<String> users = users(connection, caller.resources());
    if (!users.isEmpty()) {
      throw new PlatformException(
          CatalogError.RESOURCE_IN_USE,
          "The connection '"
              + connection.name()
              + "' is used by "
              + String.join(", ", users)
              + "; change or remove that first");
    }
    deployments.edit(
        caller.workspace(),
        edit -> edit.remove(FileKind.CONNECTION, connection.name()),
        DeployOptions.by(caller.token().name()));
    String workspace = caller.workspace().id();
    for (String instruction : connection.settings().keySet()) {
      String secret = secretName(connection.name(), instruction);
      if (connection.settings().get(instruction).contains("'" + secret + "'")
          && secrets.find(workspace, secret).isPresent()) {
        secrets.remove(workspace, secret);
      }
    }
    exchange.respondEmpty(204);
  }

  /// The data sources and sinks that name a connection.
  private static List<String> users(Connection connection, Resources resources) {
    List<String> users = new ArrayList<>();
    for (DataSource source : resources.dataSources()) {
      if (isLinked(connection, source)) {
        users.add(source.name());
      }
    }
    for (CompiledPipe pipe : resources.pipes()) {
      if (pipe.pipe().kind() instanceof PipeKind.Sink sink
          && connection.name().equals(sink.settings().get("EXPORT_CONNECTION_NAME"))) {
        users.add(pipe.name());
      }
    }
    return users;
  }

  private static boolean isLinked(Connection connection, DataSource source) {
    return Stream.of("KAFKA_CONNECTION_NAME", "IMPORT_CONNECTION_NAME")
        .anyMatch(key -> connection.name().equals(source.settings().get(key)));
  }

  private static Connection find(Caller caller, String nameOrId) {
    return find(caller.resources(), nameOrId).orElseThrow(() -> unknown(nameOrId));
  }

  static Optional<Connection> find(Resources resources, String nameOrId) {
    return resources.connections().stream()
        .filter(one -> one.name().equals(nameOrId) || one.id().equals(nameOrId))
        .findFirst();
  }

  static PlatformException unknown(String name) {
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
      if (isLinked(connection, source)) {
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
