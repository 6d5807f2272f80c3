// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import org.jdbi.v3.core.Handle;

/// The workspaces and what each holds now.
///
/// Any thread may read; the resources of a workspace are replaced by its deployments only.
public final class Catalog {
  private final Database database;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Map<String, Resources> byWorkspaceId = new ConcurrentSkipListMap<>();
  private final Map<String, Resources> staging = new ConcurrentHashMap<>();

  public Catalog(Database database, InstantSource clock, SecureRandom random) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    for (Workspace workspace : database.read(Catalog::readWorkspaces)) {
      byWorkspaceId.put(workspace.id(), Resources.empty(workspace));
    }
  }

  /// What the workspace holds now.
  public Resources current(Workspace workspace) {
    return current(workspace.id())
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.UNKNOWN_WORKSPACE,
                "The workspace '" + workspace.name() + "' does not exist"));
  }

  public Optional<Resources> current(String workspaceId) {
    return Optional.ofNullable(byWorkspaceId.get(workspaceId));
  }

  /// What the workspace will hold when the deployment that waits as staging is set live.
  public Resources staging(Workspace workspace) {
    return Optional.ofNullable(staging.get(workspace.id()))
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.NO_STAGING_DEPLOYMENT,
                "The workspace '"
                    + workspace.name()
                    + "' has no staging deployment; leave __tb__deployment=staging out"));
  }

  public Optional<Workspace> workspace(String nameOrId) {
    return Optional.ofNullable(byWorkspaceId.get(nameOrId))
        .map(Resources::workspace)
        .or(() -> workspaces().stream().filter(w -> w.name().equals(nameOrId)).findFirst());
  }

  /// Every workspace, by id.
  public List<Workspace> workspaces() {
    return byWorkspaceId.values().stream().map(Resources::workspace).toList();
  }

  /// The data source with a number, whichever workspace holds it: as it is live, or else as it is
  /// in staging.
  public Optional<DataSource> dataSource(long id) {
    return Stream.concat(byWorkspaceId.values().stream(), staging.values().stream())
        .flatMap(resources -> resources.dataSource(id).stream())
        .findFirst();
  }

  /// Makes a workspace; its ClickHouse database is made by its first deployment.
  public Workspace createWorkspace(String name, String author) {
    ResourceName.checkWorkspace(name);
    byte[] digits = new byte[8];
    random.nextBytes(digits);
    Workspace workspace =
        new Workspace(uuid(), name, "w_" + HexFormat.of().formatHex(digits), now());
    database.write(handle -> {
      if (readWorkspaces(handle).stream().anyMatch(w -> w.name().equals(name))) {
        throw new PlatformException(
            CatalogError.WORKSPACE_EXISTS,
            "The workspace '" + name + "' exists already; choose another name");
      }
      handle
          .createUpdate(
              """
              INSERT INTO workspace (id, name, database_name, created_at)
              VALUES (:id, :name, :database, :createdAt)
              """)
          .bind("id", workspace.id())
          .bind("name", name)
          .bind("database", workspace.database())
          .bind("createdAt", Micros.of(workspace.createdAt()))
          .execute();
      ChangeLog.add(handle, clock.instant(), workspace.id(), author, "create workspace", name);
      return workspace;
    });
    byWorkspaceId.put(workspace.id(), Resources.empty(workspace));
    return workspace;
  }

  /// The workspace of that name, made now if there is none.
  public Workspace ensureWorkspace(String name, String author) {
    return workspace(name).orElseGet(() -> createWorkspace(name, author));
  }

  /// Makes `resources` what their workspace holds.
  public void replace(Resources resources) {
    byWorkspaceId.put(resources.workspace().id(), resources);
    unstage(resources.workspace());
  }

  /// Makes `resources` what their workspace will hold next.
  public void stage(Resources resources) {
    staging.put(resources.workspace().id(), resources);
  }

  public void unstage(Workspace workspace) {
    Resources unused = staging.remove(workspace.id());
  }

  /// Every current snapshot, for metrics and lists.
  public Collection<Resources> all() {
    return List.copyOf(byWorkspaceId.values());
  }

  private Instant now() {
    return Micros.toInstant(Micros.of(clock.instant()));
  }

  private String uuid() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes);
    long high = (buffer.getLong() & ~0xF000L) | 0x4000L;
    long low = (buffer.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  private static List<Workspace> readWorkspaces(Handle handle) {
    return handle
        .createQuery("SELECT id, name, database_name, created_at FROM workspace ORDER BY id")
        .map((row, _) ->
            new Workspace(
                row.getString("id"),
                row.getString("name"),
                row.getString("database_name"),
                Micros.toInstant(row.getLong("created_at"))))
        .list();
  }
}
