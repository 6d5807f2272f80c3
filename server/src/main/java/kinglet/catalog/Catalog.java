// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.database.Database;
import kinglet.database.DatabaseWork;
import kinglet.error.PlatformException;
import org.jdbi.v3.core.Handle;

/// The workspaces and what each holds now.
///
/// Any thread may read; the resources of a workspace are replaced by its deployments only.
public final class Catalog {
  private static final int WORKSPACES_MAX = 500;

  private final Database database;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Map<String, Resources> byWorkspaceId = new ConcurrentSkipListMap<>();
  private volatile Consumer<Resources> listener = _ -> {};
  private final Map<String, Resources> staging = new ConcurrentHashMap<>();
  private final Shares shares = new Shares(byWorkspaceId, staging);
  private final SnapshotStore snapshots;

  /// Held while the resources of any workspace change: what one shares, others hold too.
  private final ReentrantLock changing = new ReentrantLock();

  public Catalog(Database database, InstantSource clock, SecureRandom random) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    this.snapshots = new SnapshotStore(database);
    for (Workspace workspace : database.read(Catalog::readWorkspaces)) {
      byWorkspaceId.put(workspace.id(), Resources.empty(workspace));
    }
    shareAgain();
  }

  /// What the workspace holds now.
  public Resources current(Workspace workspace) {
    return current(workspace.id()).orElseThrow(() -> unknown(workspace.name()));
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
        .or(() ->
            workspaces().stream()
                .filter(workspace -> !workspace.isBranch() && workspace.name().equals(nameOrId))
                .findFirst());
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

  /// The branches of a workspace, by name.
  public List<Workspace> branches(Workspace workspace) {
    return workspaces().stream()
        .filter(other -> other.parentId().filter(workspace.id()::equals).isPresent())
        .sorted(Comparator.comparing(Workspace::name))
        .toList();
  }

  /// Makes a workspace; its ClickHouse database is made by its first deployment.
  public Workspace createWorkspace(String name, String author) {
    return create(name, Optional.empty(), author);
  }

  /// Makes an empty branch of a workspace.
  public Workspace createBranch(Workspace parent, String name, String author) {
    return create(name, Optional.of(parent.id()), author);
  }

  private Workspace create(String name, Optional<String> parentId, String author) {
    ResourceName.checkWorkspace(name);
    byte[] digits = new byte[8];
    random.nextBytes(digits);
    Workspace workspace =
        new Workspace(uuid(), name, "w_" + HexFormat.of().formatHex(digits), now(), parentId);
    database.write(handle -> {
      checkFree(handle, workspace, name);
      handle
          .createUpdate(
              """
              INSERT INTO workspace (id, name, database_name, created_at)
              VALUES (:id, :name, :database, :createdAt)
              """)
          .bind("id", workspace.id())
          .bind("name", storedName(workspace))
          .bind("database", workspace.database())
          .bind("createdAt", Micros.of(workspace.createdAt()))
          .execute();
      parentId.ifPresent(parent ->
          handle
              .createUpdate(
                  "INSERT INTO branch (workspace_id, parent_id, name) VALUES (:id, :parent, :name)")
              .bind("id", workspace.id())
              .bind("parent", parent)
              .bind("name", name)
              .execute());
      ChangeLog.add(handle, clock.instant(), workspace.id(), author, "create workspace", name);
      return workspace;
    });
    changing(() -> {
      byWorkspaceId.put(workspace.id(), Resources.empty(workspace));
      shareAgain();
    });
    return workspace;
  }

  private static void checkFree(Handle handle, Workspace workspace, String name) {
    List<Workspace> all = readWorkspaces(handle);
    boolean taken =
        all.stream()
            .anyMatch(other ->
                other.parentId().equals(workspace.parentId())
                    && other.name().equals(name)
                    && !other.id().equals(workspace.id()));
    if (taken) {
      throw new PlatformException(
          CatalogError.WORKSPACE_EXISTS,
          "The "
              + (workspace.isBranch() ? "branch" : "workspace")
              + " '"
              + name
              + "' exists already; choose another name");
    }
    if (all.size() >= WORKSPACES_MAX) {
      throw new PlatformException(
          CatalogError.TOO_MANY_WORKSPACES,
          "A server has at most " + WORKSPACES_MAX + " workspaces and branches; remove some first");
    }
  }

  /// The name in a column where all are different; no workspace can have a slash in its name.
  private static String storedName(Workspace workspace) {
    return workspace.parentId().map(parent -> parent + "/").orElse("") + workspace.name();
  }

  /// Gives a workspace another name; to be called while no deployment of it runs.
  public void rename(Workspace workspace, String name, String author) {
    ResourceName.checkWorkspace(name);
    changing(() -> {
      refuseReaders(workspace, "renamed");
      refuseShared(current(workspace));
      renameAlone(workspace, name, author);
    });
  }

  private void renameAlone(Workspace workspace, String name, String author) {
    Workspace renamed = workspace.withName(name);
    database.write(handle -> {
      checkFree(handle, renamed, name);
      ChangeLog.add(
          handle,
          clock.instant(),
          workspace.id(),
          author,
          "rename workspace",
          workspace.name() + " to " + name);
      handle
          .createUpdate("UPDATE branch SET name = :name WHERE workspace_id = :id")
          .bind("name", name)
          .bind("id", workspace.id())
          .execute();
      return handle
          .createUpdate("UPDATE workspace SET name = :name WHERE id = :id")
          .bind("name", storedName(renamed))
          .bind("id", workspace.id())
          .execute();
    });
    byWorkspaceId.computeIfPresent(workspace.id(), (_, resources) -> resources.in(renamed));
    staging.computeIfPresent(workspace.id(), (_, resources) -> resources.in(renamed));
    shareAgain();
  }

  /// Removes a workspace from the catalogue; to be called while no deployment of it runs.
  ///
  /// @param databases what ClickHouse has of it, to be dropped after this
  /// @param more what goes with it, in the same transaction
  public void remove(
      Workspace workspace, List<String> databases, DatabaseWork more, String author) {
    changing(() -> {
      refuseReaders(workspace, "removed");
      removeAlone(workspace, databases, more, author);
    });
  }

  private void removeAlone(
      Workspace workspace, List<String> databases, DatabaseWork more, String author) {
    database.write(handle -> {
      more.run(handle);
      for (String table :
          List.of(
              "data_source",
              "pipe",
              "connection",
              "deployment",
              "view_failure",
              "branch",
              "paused_copy")) {
        handle
            .createUpdate("DELETE FROM " + table + " WHERE workspace_id = :id")
            .bind("id", workspace.id())
            .execute();
      }
      handle
          .createUpdate("DELETE FROM workspace WHERE id = :id")
          .bind("id", workspace.id())
          .execute();
      for (String name : databases) {
        handle
            .createUpdate("INSERT INTO removed_database (name) VALUES (:name)")
            .bind("name", name)
            .execute();
      }
      ChangeLog.add(
          handle, clock.instant(), workspace.id(), author, "remove workspace", workspace.name());
      return true;
    });
    unstage(workspace);
    Resources unused = byWorkspaceId.remove(workspace.id());
    shareAgain();
    listener.accept(Resources.empty(workspace));
  }

  /// The files of other workspaces would name one that is not there any more.
  private static void refuseShared(Resources resources) {
    if (!resources.workspace().isBranch() && !resources.shared().isEmpty()) {
      throw new PlatformException(
          CatalogError.RESOURCE_IN_USE,
          "The workspace '"
              + resources.workspace().name()
              + "' cannot be renamed while others name it in SHARED_WITH: "
              + resources.shared().stream()
                  .map(SharedDataSource::name)
                  .collect(Collectors.joining(", ")));
    }
  }

  private void refuseReaders(Workspace workspace, String change) {
    List<String> readers = shares.readers(workspace);
    if (!readers.isEmpty()) {
      throw new PlatformException(
          CatalogError.RESOURCE_IN_USE,
          "The workspace '"
              + workspace.name()
              + "' cannot be "
              + change
              + " while others read what it shares: "
              + String.join("; ", readers)
              + "; change those pipes first");
    }
  }

  /// What the workspaces hold, or will hold, with which `origin` shares something.
  public List<Resources> readers(Workspace origin) {
    return Stream.concat(byWorkspaceId.values().stream(), staging.values().stream())
        .filter(resources ->
            resources.shared().stream()
                .anyMatch(shared -> shared.origin().id().equals(origin.id())))
        .toList();
  }

  /// Fails when pipes read a data source in the workspaces it is shared with.
  ///
  /// @param which workspaces and branches the change is about
  /// @param change what would break them, such as `removed`
  public void refuseReadElsewhere(DataSource source, Predicate<Workspace> which, String change) {
    List<String> readers = shares.readers(source, which);
    if (!readers.isEmpty()) {
      throw new PlatformException(
          CatalogError.RESOURCE_IN_USE,
          "The data source '"
              + source.name()
              + "' cannot be "
              + change
              + ": "
              + String.join("; ", readers)
              + "; change those pipes first");
    }
  }

  /// Why `next` cannot become what its workspace holds, for the sake of what is shared, and of
  /// snapshots.
  public List<String> obstacles(Resources next) {
    Collection<Snapshot> there = current(next.workspace()).snapshots();
    Stream<String> gone =
        next.snapshots().stream()
            .filter(snapshot -> !there.contains(snapshot))
            .filter(snapshot -> !next.lineage().readers(snapshot.fullName()).isEmpty())
            .map(snapshot -> "The snapshot '" + snapshot.name() + "' was removed: deploy again");
    return Stream.concat(shares.obstacles(next).stream(), gone).toList();
  }

  /// Reads what is stored at no moment at which a change is stored, but not yet what the workspaces
  /// hold: who reads that a deployment is live finds its resources.
  public <T> T settled(Supplier<T> read) {
    changing.lock();
    try {
      return read.get();
    } finally {
      changing.unlock();
    }
  }

  private void changing(Runnable change) {
    changing.lock();
    try {
      change.run();
    } finally {
      changing.unlock();
    }
  }

  /// Lets every workspace hold what is shared with it by now; those for which nothing changed keep
  /// the resources they have.
  private void shareAgain() {
    List<SharedDataSource> all = shares.all();
    List<Snapshot> complete = snapshots.all().stream().filter(Snapshot::isComplete).toList();
    for (Map<String, Resources> held : List.of(byWorkspaceId, staging)) {
      held.replaceAll((_, resources) -> {
        Workspace reader = resources.workspace();
        ReadOnlySources now =
            new ReadOnlySources(
                all.stream().filter(shared -> shared.isFor(reader)).collect(Collectors.toSet()),
                complete.stream().filter(one -> one.isFor(reader)).collect(Collectors.toSet()));
        return now.equals(resources.readOnly()) ? resources : resources.with(now);
      });
    }
  }

  /// Lets a snapshot be read from here on.
  public void complete(Snapshot snapshot, Snapshot.Extent extent) {
    changing(() -> {
      snapshots.setExtent(snapshot.id(), extent);
      shareAgain();
    });
  }

  /// Forgets a snapshot that no pipe reads.
  public void remove(Snapshot snapshot) {
    changing(() -> {
      List<String> readers =
          Stream.concat(byWorkspaceId.values().stream(), staging.values().stream())
              .filter(resources -> resources.snapshots().contains(snapshot))
              .flatMap(resources -> resources.lineage().readers(snapshot.fullName()).stream())
              .map(CompiledPipe::name)
              .distinct()
              .toList();
      if (!readers.isEmpty()) {
        throw new PlatformException(
            SnapshotError.SNAPSHOT_IN_USE,
            "The snapshot '"
                + snapshot.name()
                + "' cannot be removed while pipes read it: "
                + String.join(", ", readers)
                + "; change those first");
      }
      snapshots.remove(snapshot.id());
      shareAgain();
    });
  }

  /// Databases of removed workspaces that may still be there.
  public List<String> removedDatabases() {
    return database.read(handle ->
        handle
            .createQuery("SELECT name FROM removed_database ORDER BY name")
            .mapTo(String.class)
            .list());
  }

  /// Says that a database of a removed workspace is gone.
  public void forgetDatabase(String name) {
    database.write(handle ->
        handle
            .createUpdate("DELETE FROM removed_database WHERE name = :name")
            .bind("name", name)
            .execute());
  }

  public static PlatformException unknown(String nameOrId) {
    return new PlatformException(
        CatalogError.UNKNOWN_WORKSPACE, "The workspace '" + nameOrId + "' does not exist");
  }

  /// The workspace of that name, made now if there is none.
  public Workspace ensureWorkspace(String name, String author) {
    return workspace(name).orElseGet(() -> createWorkspace(name, author));
  }

  /// Tells `heard` what a workspace holds from now on, after every change; it must not wait.
  public void listen(Consumer<Resources> heard) {
    listener = heard;
  }

  /// Makes `next` what its workspace holds, once `commit` has stored that.
  public void replace(Resources next, Runnable commit) {
    changing(() -> {
      refuseObstacles(next);
      commit.run();
      replace(next);
    });
  }

  /// Makes `resources` what their workspace holds.
  public void replace(Resources resources) {
    changing(() -> {
      byWorkspaceId.put(resources.workspace().id(), resources);
      Resources _ = staging.remove(resources.workspace().id());
      shareAgain();
      listener.accept(current(resources.workspace()));
    });
  }

  /// Makes `resources` what their workspace will hold next.
  public void stage(Resources resources) {
    changing(() -> {
      refuseObstacles(resources);
      restage(resources);
    });
  }

  /// The same for what waited as staging when the server stopped, whatever others have come to read
  /// meanwhile: it is looked at again when it is set live.
  public void restage(Resources resources) {
    changing(() -> {
      staging.put(resources.workspace().id(), resources);
      shareAgain();
    });
  }

  private void refuseObstacles(Resources next) {
    List<String> obstacles = obstacles(next);
    if (!obstacles.isEmpty()) {
      throw new PlatformException(CatalogError.RESOURCE_IN_USE, String.join("; ", obstacles));
    }
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
        .createQuery(
            """
            SELECT id, COALESCE(branch.name, workspace.name) AS name, database_name, created_at,
                   parent_id
            FROM workspace LEFT JOIN branch ON branch.workspace_id = workspace.id ORDER BY id
            """)
        .map((row, _) ->
            new Workspace(
                row.getString("id"),
                row.getString("name"),
                row.getString("database_name"),
                Micros.toInstant(row.getLong("created_at")),
                Optional.ofNullable(row.getString("parent_id"))))
        .list();
  }
}
