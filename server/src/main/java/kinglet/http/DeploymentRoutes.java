// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CatalogError;
import kinglet.catalog.Finding;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.deployment.Changes;
import kinglet.catalog.deployment.DataMovement;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.Deployment;
import kinglet.catalog.deployment.DeploymentStatus;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.TokenChange;
import kinglet.error.PlatformException;

/// `/v1/build`, `/v1/deploy` and `/v1/deployments`: whole projects in, what changed out; what waits
/// as staging is set live or discarded.
public final class DeploymentRoutes {
  /// What the clients call a file of the project.
  private static final String PROJECT_FIELD = "data_project://";

  private static final long FILE_BYTES_MAX = 4L * 1024 * 1024;
  private static final long PROJECT_BYTES_MAX = 64L * 1024 * 1024;

  private final Access access;
  private final Deployments deployments;
  private final RunningDeployments running;

  public DeploymentRoutes(Access access, Deployments deployments, RunningDeployments running) {
    this.access = access;
    this.deployments = deployments;
    this.running = running;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("POST", "/v1/build", this::build)
        .compatible("POST", "/v1/deploy", this::deploy)
        .compatible("GET", "/v1/deployments", this::list)
        .compatible("GET", "/v1/deployments/{id}", this::one)
        .compatible("POST", "/v1/deployments/{id}/set-live", this::setLive)
        .compatible("DELETE", "/v1/deployments/{id}", this::discard)
        .own("POST", "/v1/deployments/{id}/rollback", this::rollback);
  }

  private void build(Exchange exchange) {
    Caller caller = admin(exchange);
    DeployOptions options = DeployOptions.by(caller.token().name()).destructive();
    DeployResult result = deploy(caller, files(exchange), options);
    Map<String, Object> build = shape(result.deployment());
    build.put("data_linkers", List.of());
    respond(exchange, result, "build", build);
  }

  private void deploy(Exchange exchange) {
    Caller caller = admin(exchange);
    boolean promote = exchange.query().isSet("auto_promote");
    DeployOptions options = options(exchange, caller, promote);
    DeployResult result = deploy(caller, files(exchange), options);
    respond(exchange, result, "deployment", shape(result.deployment()));
  }

  private DeployResult deploy(Caller caller, List<ProjectFile> files, DeployOptions options) {
    Workspace workspace = caller.workspace();
    return running.run(workspace, options, () -> deployments.deploy(workspace, files, options));
  }

  private void rollback(Exchange exchange) {
    Caller caller = admin(exchange);
    DeployOptions options = options(exchange, caller, true);
    Workspace workspace = caller.workspace();
    long id = id(exchange);
    DeployResult result =
        running.run(workspace, options, () -> deployments.rollback(workspace, id, options));
    respond(exchange, result, "deployment", shape(result.deployment()));
  }

  private static DeployOptions options(Exchange exchange, Caller caller, boolean promote) {
    Parameters query = exchange.query();
    return new DeployOptions(
        query.isSet("check"),
        query.isSet("allow_destructive_operations"),
        promote,
        caller.token().name());
  }

  private Caller admin(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    return caller;
  }

  private void list(Exchange exchange) {
    Caller caller = admin(exchange);
    List<Deployment> shown =
        exchange.query().isSet("history")
            ? deployments.history(caller.workspace())
            : deployments.list(caller.workspace());
    exchange.respondJson(
        200, Map.of("deployments", shown.stream().map(DeploymentRoutes::shape).toList()));
  }

  private void one(Exchange exchange) {
    Caller caller = admin(exchange);
    long id = id(exchange);
    if (exchange.query().isSet("wait")) {
      running.await(caller.workspace());
    }
    Deployment deployment =
        deployments.find(caller.workspace(), id).orElseThrow(() -> unknown(Long.toString(id)));
    respond(exchange, deployment);
  }

  private void setLive(Exchange exchange) {
    Caller caller = admin(exchange);
    respond(exchange, deployments.setLive(caller.workspace(), id(exchange), caller.token().name()));
  }

  private void discard(Exchange exchange) {
    Caller caller = admin(exchange);
    respond(exchange, deployments.discard(caller.workspace(), id(exchange), caller.token().name()));
  }

  private static void respond(Exchange exchange, Deployment deployment) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("result", "success");
    body.put("deployment", shape(deployment));
    exchange.respondJson(200, body);
  }

  private static long id(Exchange exchange) {
    String id = exchange.segment("id");
    if (!id.matches("\\d{1,18}")) {
      throw unknown(id);
    }
    return Long.parseLong(id);
  }

  private static PlatformException unknown(String id) {
    return new PlatformException(
        CatalogError.UNKNOWN_DEPLOYMENT, "The deployment '" + id + "' does not exist");
  }

  private static void respond(
      Exchange exchange, DeployResult result, String field, Map<String, Object> shape) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("result", result.outcome().word());
    body.put(field, shape);
    body.put("errors", errors(result.errors()));
    if (result.failed()) {
      shape.put("status", DeploymentStatus.FAILED.word());
      body.put(
          "error", result.errors().stream().map(Finding::message).findFirst().orElse("failed"));
    }
    exchange.respondJson(200, body);
  }

  /// The project's files; parts of other names (the client's version and the like) are skipped.
  private static List<ProjectFile> files(Exchange exchange) {
    List<ProjectFile> files = new ArrayList<>();
    CappedStream body = new CappedStream(exchange.body(), PROJECT_BYTES_MAX, "the project");
    try {
      MultipartReader reader =
          new MultipartReader(exchange.header("content-type").orElse(""), body);
      Optional<MultipartReader.Part> part = reader.next();
      while (part.isPresent()) {
        MultipartReader.Part file = part.get();
        if (file.name().equals(PROJECT_FIELD)) {
          String path =
              file.filename()
                  .orElseThrow(() ->
                      new PlatformException(
                          HttpError.INVALID_REQUEST,
                          "a part " + PROJECT_FIELD + " has no filename"));
          byte[] text =
              new CappedStream(file.body(), FILE_BYTES_MAX, "the file " + path).readAllBytes();
          files.add(new ProjectFile(path, new String(text, StandardCharsets.UTF_8)));
        }
        part = reader.next();
      }
    } catch (IOException e) {
      throw new PlatformException(HttpError.INVALID_REQUEST, "the project can't be read", e);
    }
    return files;
  }

  private static Map<String, Object> shape(Deployment deployment) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", Long.toString(deployment.id()));
    shape.put("status", status(deployment.status()));
    shape.put("live", deployment.live());
    shape.put("created_at", Times.text(deployment.createdAt()));
    shape.put("updated_at", Times.text(deployment.updatedAt()));
    shape.put("feedback", deployment.feedback().stream().map(DeploymentRoutes::feedback).toList());
    shape.put("errors", errors(deployment.errors()));
    changes(shape, "datasource", deployment.dataSources());
    changes(shape, "pipe", deployment.pipes());
    changes(shape, "data_connector", deployment.connections());
    changes(shape, "monitor", deployment.monitors());
    shape.put("datasources", names(deployment.dataSources()));
    shape.put("pipes", names(deployment.pipes()));
    shape.put("disconnected_data_source_names", List.of());
    shape.put(
        "token_changes",
        deployment.tokenChanges().stream().map(DeploymentRoutes::tokenChange).toList());
    shape.put(
        "data_movements",
        deployment.dataMovements().stream().map(DeploymentRoutes::movement).toList());
    shape.put("new_data_connector_ids", List.of());
    return shape;
  }

  /// The word clients wait for: a live deployment's data is ready, and a failed one is taken back
  /// by the time anybody can ask for it.
  private static String status(DeploymentStatus status) {
    return switch (status) {
      case LIVE -> DeploymentStatus.DATA_READY.word();
      case FAILED -> DeploymentStatus.DELETED.word();
      case CALCULATING, CREATING_SCHEMA, DATA_READY, DELETING, DELETED -> status.word();
    };
  }

  private static List<Map<String, Object>> names(Changes changes) {
    List<Map<String, Object>> names = new ArrayList<>();
    changes.added().forEach(name -> names.add(Map.of("name", name)));
    changes.changed().forEach(name -> names.add(Map.of("name", name)));
    return names;
  }

  private static void changes(Map<String, Object> shape, String kind, Changes changes) {
    shape.put("new_" + kind + "_names", changes.added());
    shape.put("changed_" + kind + "_names", changes.changed());
    shape.put("deleted_" + kind + "_names", changes.deleted());
  }

  private static Map<String, Object> feedback(Finding finding) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("resource", finding.file() == null ? null : resource(finding.file()));
    shape.put("level", finding.level().name());
    shape.put("message", finding.text());
    return shape;
  }

  /// A file as the clients name it, such as `Datasource events.datasource`.
  private static String resource(String path) {
    ProjectFile file = new ProjectFile(path, "");
    return FileKind.of(file)
        .map(kind ->
            switch (kind) {
              case DATASOURCE -> "Datasource " + file.fileName();
              case PIPE -> "Pipe " + file.fileName();
              case CONNECTION -> "Connection " + file.fileName();
              case MONITOR -> "Monitor " + file.fileName();
            })
        .orElse(path);
  }

  private static List<Map<String, Object>> errors(List<Finding> findings) {
    List<Map<String, Object>> errors = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> error = new LinkedHashMap<>();
      if (finding.file() != null) {
        error.put("filename", finding.file());
      }
      error.put("error", finding.text());
      errors.add(error);
    }
    return errors;
  }

  private static Map<String, Object> tokenChange(TokenChange change) {
    Map<String, Object> permissions = new LinkedHashMap<>();
    permissions.put("added_permissions", permissions(change.added()));
    permissions.put("removed_permissions", permissions(change.removed()));
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("token_name", change.token());
    shape.put("change_type", change.kind().name());
    shape.put("permission_changes", permissions);
    return shape;
  }

  private static List<Map<String, Object>> permissions(List<TokenChange.Permission> permissions) {
    List<Map<String, Object>> shapes = new ArrayList<>();
    for (TokenChange.Permission permission : permissions) {
      Map<String, Object> shape = new LinkedHashMap<>();
      shape.put("resource_name", permission.resource());
      shape.put("resource_type", permission.resourceType());
      shape.put("permission", permission.permission());
      shapes.add(shape);
    }
    return shapes;
  }

  private static Map<String, Object> movement(DataMovement movement) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("datasource_name", movement.dataSource());
    shape.put("kind", movement.kind());
    shape.put("source_mv_name", movement.view());
    return shape;
  }
}
