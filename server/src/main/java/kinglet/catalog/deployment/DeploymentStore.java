// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kinglet.catalog.Finding;
import kinglet.catalog.Micros;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.datafile.SchemaText;
import kinglet.catalog.deployment.StoredResources.StoredConnection;
import kinglet.catalog.deployment.StoredResources.StoredDataSource;
import kinglet.catalog.deployment.StoredResources.StoredPipe;
import kinglet.type.Schema;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.json.JsonMapper;

/// Rows of deployments, their files, and the identities of resources.
final class DeploymentStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private DeploymentStore() {}

  /// A deployment that waits to be set live or discarded.
  record Waiting(long id, Intent intent, Staged staged) {}

  /// A deployment with what is left to do for it.
  record Unfinished(String workspaceId, long id, DeploymentStatus status, Intent intent) {}

  static long nextDeploymentId(Handle handle, String workspaceId) {
    return handle
        .createQuery("SELECT COALESCE(MAX(id), 0) + 1 FROM deployment WHERE workspace_id = :w")
        .bind("w", workspaceId)
        .mapTo(Long.class)
        .one();
  }

  /// Takes `count` numbers for data sources; they are never given out again.
  static long takeDataSourceIds(Handle handle, int count) {
    long first =
        handle
            .createQuery("SELECT next_value FROM identifier WHERE name = 'data_source'")
            .mapTo(Long.class)
            .one();
    handle
        .createUpdate("UPDATE identifier SET next_value = :next WHERE name = 'data_source'")
        .bind("next", first + count)
        .execute();
    return first;
  }

  static void insert(
      Handle handle,
      String workspaceId,
      Deployment deployment,
      String author,
      Intent intent,
      Optional<Staged> staged,
      List<ProjectFile> files) {
    handle
        .createUpdate(
            """
            INSERT INTO deployment (workspace_id, id, status, live, author, created_at, updated_at,
                                    report, intent, staged)
            VALUES (:w, :id, :status, 0, :author, :created, :updated, :report, :intent, :staged)
            """)
        .bind("w", workspaceId)
        .bind("id", deployment.id())
        .bind("status", deployment.status().name())
        .bind("author", author)
        .bind("created", Micros.of(deployment.createdAt()))
        .bind("updated", Micros.of(deployment.updatedAt()))
        .bind("report", JSON.writeValueAsString(Report.of(deployment)))
        .bind("intent", intent.toJson())
        .bind("staged", staged.map(Staged::toJson).orElse(null))
        .execute();
    for (ProjectFile file : files) {
      handle
          .createUpdate(
              """
              INSERT INTO deployment_file (workspace_id, deployment_id, path, content)
              VALUES (:w, :id, :path, :content)
              """)
          .bind("w", workspaceId)
          .bind("id", deployment.id())
          .bind("path", file.path())
          .bind("content", file.text())
          .execute();
    }
  }

  static void setStatus(
      Handle handle, String workspaceId, long id, DeploymentStatus status, long nowMicros) {
    handle
        .createUpdate(
            """
            UPDATE deployment SET status = :status, live = :live, updated_at = :now
            WHERE workspace_id = :w AND id = :id
            """)
        .bind("status", status.name())
        .bind("live", status == DeploymentStatus.LIVE ? 1 : 0)
        .bind("now", nowMicros)
        .bind("w", workspaceId)
        .bind("id", id)
        .execute();
  }

  /// Adds to what the answer says.
  static void addFinding(Handle handle, String workspaceId, long id, Finding finding) {
    Deployment deployment = find(handle, workspaceId, id).orElseThrow();
    List<Finding> feedback = new ArrayList<>(deployment.feedback());
    feedback.add(finding);
    handle
        .createUpdate("UPDATE deployment SET report = :report WHERE workspace_id = :w AND id = :id")
        .bind("report", JSON.writeValueAsString(Report.of(deployment.with(feedback))))
        .bind("w", workspaceId)
        .bind("id", id)
        .execute();
  }

  static void clearIntent(Handle handle, String workspaceId, long id) {
    ViewFailures.clear(handle, workspaceId);
    handle
        .createUpdate(
            """
            UPDATE deployment SET intent = :none, staged = NULL
            WHERE workspace_id = :w AND id = :id
            """)
        .bind("none", Intent.none().toJson())
        .bind("w", workspaceId)
        .bind("id", id)
        .execute();
  }

  /// The deployments that stopped before their end, oldest first; one that waits as staging did
  /// not.
  static List<Unfinished> unfinished(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT workspace_id, id, status, intent FROM deployment
            WHERE NOT (status = 'DATA_READY' AND staged IS NOT NULL) ORDER BY created_at, id
            """)
        .map((row, _) ->
            new Unfinished(
                row.getString("workspace_id"),
                row.getLong("id"),
                DeploymentStatus.valueOf(row.getString("status")),
                Intent.fromJson(row.getString("intent"))))
        .stream()
        .filter(deployment ->
            !deployment.intent().isEmpty()
                || switch (deployment.status()) {
                  case CREATING_SCHEMA, DATA_READY, DELETING -> true;
                  case CALCULATING, LIVE, FAILED, DELETED -> false;
                })
        .toList();
  }

  /// The deployment that waits as staging.
  static Optional<Waiting> waiting(Handle handle, String workspaceId) {
    return handle
        .createQuery(
            """
            SELECT id, intent, staged FROM deployment
            WHERE workspace_id = :w AND status = 'DATA_READY' AND staged IS NOT NULL
            """)
        .bind("w", workspaceId)
        .map((row, _) ->
            new Waiting(
                row.getLong("id"),
                Intent.fromJson(row.getString("intent")),
                Staged.fromJson(row.getString("staged"))))
        .findFirst();
  }

  /// The newest deployments, the live one first.
  static List<Deployment> list(Handle handle, String workspaceId) {
    return handle
        .createQuery(
            """
            SELECT id, status, live, created_at, updated_at, report FROM deployment
            WHERE workspace_id = :w ORDER BY live DESC, id DESC LIMIT 1000
            """)
        .bind("w", workspaceId)
        .map((row, _) -> deployment(row))
        .list();
  }

  static Map<Instant, String> authors(Handle handle, String workspaceId) {
    return handle
        .createQuery("SELECT created_at, author FROM deployment WHERE workspace_id = :w")
        .bind("w", workspaceId)
        .map((row, _) ->
            Map.entry(Micros.toInstant(row.getLong("created_at")), row.getString("author")))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, _) -> one));
  }

  static Optional<Deployment> find(Handle handle, String workspaceId, long id) {
    return handle
        .createQuery(
            """
            SELECT id, status, live, created_at, updated_at, report FROM deployment
            WHERE workspace_id = :w AND id = :id
            """)
        .bind("w", workspaceId)
        .bind("id", id)
        .map((row, _) -> deployment(row))
        .findFirst();
  }

  private static Deployment deployment(ResultSet row) throws SQLException {
    Report report = JSON.readValue(row.getString("report"), Report.class);
    return report.deployment(
        row.getLong("id"),
        DeploymentStatus.valueOf(row.getString("status")),
        row.getInt("live") != 0,
        Micros.toInstant(row.getLong("created_at")),
        Micros.toInstant(row.getLong("updated_at")));
  }

  static Optional<Long> liveId(Handle handle, String workspaceId) {
    return handle
        .createQuery("SELECT id FROM deployment WHERE workspace_id = :w AND live = 1")
        .bind("w", workspaceId)
        .mapTo(Long.class)
        .findFirst();
  }

  static List<ProjectFile> files(Handle handle, String workspaceId, long id) {
    return handle
        .createQuery(
            """
            SELECT path, content FROM deployment_file
            WHERE workspace_id = :w AND deployment_id = :id ORDER BY path
            """)
        .bind("w", workspaceId)
        .bind("id", id)
        .map((row, _) -> new ProjectFile(row.getString("path"), row.getString("content")))
        .list();
  }

  /// Keeps the files of the newest `kept` deployments that did not fail, the live one among them.
  static void forgetFiles(Handle handle, String workspaceId, int kept) {
    handle
        .createUpdate(
            """
            DELETE FROM deployment_file WHERE workspace_id = :w AND deployment_id NOT IN (
              SELECT id FROM deployment WHERE workspace_id = :w AND status <> 'FAILED'
              ORDER BY live DESC, id DESC LIMIT :kept)
            """)
        .bind("w", workspaceId)
        .bind("kept", kept)
        .execute();
  }

  static StoredResources resources(Handle handle, String workspaceId) {
    return new StoredResources(
        dataSources(handle, workspaceId),
        pipes(handle, workspaceId),
        connections(handle, workspaceId));
  }

  private static List<StoredDataSource> dataSources(Handle handle, String workspaceId) {
    List<StoredDataSource> all = new ArrayList<>();
    handle
        .createQuery("SELECT * FROM data_source WHERE workspace_id = :w ORDER BY name")
        .bind("w", workspaceId)
        .map((row, _) ->
            new StoredDataSource(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("name"),
                row.getString("table_name"),
                row.getInt("schema_version"),
                new TreeMap<>(),
                List.of(JSON.readValue(row.getString("shared_with"), String[].class)),
                Micros.toInstant(row.getLong("created_at")),
                Micros.toInstant(row.getLong("updated_at"))))
        .list()
        .forEach(stored -> {
          stored.schemas().putAll(schemas(handle, stored.id()));
          all.add(stored);
        });
    return all;
  }

  private static SortedMap<Integer, Schema> schemas(Handle handle, long dataSourceId) {
    SortedMap<Integer, Schema> schemas = new TreeMap<>();
    handle
        .createQuery(
            "SELECT version, columns_text FROM data_source_schema WHERE data_source_id = :id")
        .bind("id", dataSourceId)
        .map((row, _) ->
            schemas.put(row.getInt("version"), SchemaText.read(row.getString("columns_text")))
                == null)
        .list();
    return schemas;
  }

  private static List<StoredPipe> pipes(Handle handle, String workspaceId) {
    return handle
        .createQuery("SELECT * FROM pipe WHERE workspace_id = :w ORDER BY name")
        .bind("w", workspaceId)
        .map((row, _) ->
            new StoredPipe(
                row.getString("public_id"),
                row.getString("name"),
                row.getString("view_name"),
                row.getString("view_source"),
                Micros.toInstant(row.getLong("created_at")),
                Micros.toInstant(row.getLong("updated_at"))))
        .list();
  }

  private static List<StoredConnection> connections(Handle handle, String workspaceId) {
    return handle
        .createQuery("SELECT * FROM connection WHERE workspace_id = :w ORDER BY name")
        .bind("w", workspaceId)
        .map((row, _) ->
            new StoredConnection(
                row.getString("public_id"),
                row.getString("name"),
                Micros.toInstant(row.getLong("created_at")),
                Micros.toInstant(row.getLong("updated_at"))))
        .list();
  }

  /// Makes `resources` the rows of the workspace.
  static void replaceResources(Handle handle, String workspaceId, StoredResources resources) {
    for (String table : List.of("pipe", "connection")) {
      handle
          .createUpdate("DELETE FROM " + table + " WHERE workspace_id = :w")
          .bind("w", workspaceId)
          .execute();
    }
    handle
        .createUpdate("DELETE FROM data_source WHERE workspace_id = :w")
        .bind("w", workspaceId)
        .execute();
    resources.dataSources().forEach(stored -> insert(handle, workspaceId, stored));
    for (StoredPipe pipe : resources.pipes()) {
      handle
          .createUpdate(
              """
              INSERT INTO pipe (public_id, workspace_id, name, view_name, view_source, created_at,
                                updated_at)
              VALUES (:id, :w, :name, :view, :source, :created, :updated)
              """)
          .bind("id", pipe.id())
          .bind("w", workspaceId)
          .bind("name", pipe.name())
          .bind("view", pipe.view())
          .bind("source", pipe.viewSource())
          .bind("created", Micros.of(pipe.createdAt()))
          .bind("updated", Micros.of(pipe.updatedAt()))
          .execute();
    }
    for (StoredConnection connection : resources.connections()) {
      handle
          .createUpdate(
              """
              INSERT INTO connection (public_id, workspace_id, name, created_at, updated_at)
              VALUES (:id, :w, :name, :created, :updated)
              """)
          .bind("id", connection.id())
          .bind("w", workspaceId)
          .bind("name", connection.name())
          .bind("created", Micros.of(connection.createdAt()))
          .bind("updated", Micros.of(connection.updatedAt()))
          .execute();
    }
  }

  private static void insert(Handle handle, String workspaceId, StoredDataSource stored) {
    handle
        .createUpdate(
            """
            INSERT INTO data_source (id, workspace_id, public_id, name, table_name,
                                     schema_version, shared_with, created_at, updated_at)
            VALUES (:id, :w, :publicId, :name, :table, :version, :sharedWith, :created, :updated)
            """)
        .bind("id", stored.id())
        .bind("w", workspaceId)
        .bind("publicId", stored.publicId())
        .bind("name", stored.name())
        .bind("table", stored.table())
        .bind("version", stored.schemaVersion())
        .bind("sharedWith", JSON.writeValueAsString(stored.sharedWith()))
        .bind("created", Micros.of(stored.createdAt()))
        .bind("updated", Micros.of(stored.updatedAt()))
        .execute();
    stored
        .schemas()
        .forEach((version, schema) ->
            handle
                .createUpdate(
                    """
                    INSERT INTO data_source_schema (data_source_id, version, columns_text)
                    VALUES (:id, :version, :columns)
                    """)
                .bind("id", stored.id())
                .bind("version", version)
                .bind("columns", SchemaText.write(schema))
                .execute());
  }
}
