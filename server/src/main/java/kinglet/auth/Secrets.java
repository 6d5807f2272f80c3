// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kinglet.database.Database;
import kinglet.database.DatabaseWork;
import kinglet.error.PlatformException;
import org.jdbi.v3.core.Handle;

/// The secrets of all workspaces, which `tb_secret()` reads.
///
/// Any thread may call. Reading looks into an immutable map held in memory; every change goes to
/// the database first and then replaces the map.
public final class Secrets {
  private static final int PER_WORKSPACE_MAX = 100;
  private static final int VALUE_LENGTH_MAX = 8_192;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

  private final Database database;
  private final SecretKeys keys;
  private final InstantSource clock;
  private volatile Map<String, Map<String, StoredSecret>> byWorkspace;

  public Secrets(Database database, SecretKeys keys, InstantSource clock) {
    this.database = database;
    this.keys = keys;
    this.clock = clock;
    this.byWorkspace = Map.copyOf(database.read(this::readAll));
  }

  /// The secrets of a workspace, by name.
  public Collection<StoredSecret> list(String workspaceId) {
    return byWorkspace.getOrDefault(workspaceId, Map.of()).values();
  }

  public Optional<StoredSecret> find(String workspaceId, String name) {
    return Optional.ofNullable(byWorkspace.getOrDefault(workspaceId, Map.of()).get(name));
  }

  /// The value of a secret, for a template.
  public Optional<String> value(String workspaceId, String name) {
    return find(workspaceId, name).map(secret -> secret.value().reveal());
  }

  public StoredSecret create(String workspaceId, String name, Secret value, String author) {
    checkName(name);
    checkValue(value);
    Instant now = now();
    database.write(handle -> {
      List<String> there = names(handle, workspaceId);
      if (there.contains(name)) {
        throw new PlatformException(
            AuthError.SECRET_EXISTS,
            "The secret '" + name + "' exists already; change it with PUT, or choose another name");
      }
      if (there.size() >= PER_WORKSPACE_MAX) {
        throw new PlatformException(
            AuthError.TOO_MANY_SECRETS,
            "A workspace has at most " + PER_WORKSPACE_MAX + " secrets; remove some first");
      }
      return handle
          .createUpdate(
              """
              INSERT INTO secret (workspace_id, name, sealed_value, edited_by, created_at,
                                  updated_at)
              VALUES (:workspaceId, :name, :sealed, :author, :now, :now)
              """)
          .bind("workspaceId", workspaceId)
          .bind("name", name)
          .bind("sealed", keys.seal(value, context(workspaceId, name)))
          .bind("author", author)
          .bind("now", ChronoUnit.MICROS.between(Instant.EPOCH, now))
          .execute();
    });
    reload();
    return find(workspaceId, name).orElseThrow(() -> unknown("Not found"));
  }

  /// Gives a secret another value; templates see it from now on.
  public StoredSecret change(String workspaceId, String name, Secret value, String author) {
    checkValue(value);
    Instant now = now();
    int changed =
        database.write(handle ->
            handle
                .createUpdate(
                    """
                    UPDATE secret SET sealed_value = :sealed, edited_by = :author,
                           updated_at = :now
                    WHERE workspace_id = :workspaceId AND name = :name
                    """)
                .bind("workspaceId", workspaceId)
                .bind("name", name)
                .bind("sealed", keys.seal(value, context(workspaceId, name)))
                .bind("author", author)
                .bind("now", ChronoUnit.MICROS.between(Instant.EPOCH, now))
                .execute());
    reload();
    if (changed == 0) {
      throw unknown("Variable not found");
    }
    return find(workspaceId, name).orElseThrow(() -> unknown("Variable not found"));
  }

  public void remove(String workspaceId, String name) {
    int removed =
        database.write(handle ->
            handle
                .createUpdate(
                    "DELETE FROM secret WHERE workspace_id = :workspaceId AND name = :name")
                .bind("workspaceId", workspaceId)
                .bind("name", name)
                .execute());
    reload();
    if (removed == 0) {
      throw unknown("Variable not found");
    }
  }

  /// Gives a workspace without secrets those of another one.
  public void copy(String fromWorkspaceId, String toWorkspaceId) {
    database.write(handle -> {
      for (StoredSecret secret : list(fromWorkspaceId)) {
        handle
            .createUpdate(
                """
                INSERT INTO secret (workspace_id, name, sealed_value, edited_by, created_at,
                                    updated_at)
                VALUES (:workspaceId, :name, :sealed, :author, :created, :updated)
                """)
            .bind("workspaceId", toWorkspaceId)
            .bind("name", secret.name())
            .bind("sealed", keys.seal(secret.value(), context(toWorkspaceId, secret.name())))
            .bind("author", secret.editedBy())
            .bind("created", ChronoUnit.MICROS.between(Instant.EPOCH, secret.createdAt()))
            .bind("updated", ChronoUnit.MICROS.between(Instant.EPOCH, secret.updatedAt()))
            .execute();
      }
      return true;
    });
    reload();
  }

  /// What removes all secrets of a workspace, for the caller's transaction. Call [#reload] after
  /// it.
  public DatabaseWork removing(String workspaceId) {
    return handle ->
        handle
            .createUpdate("DELETE FROM secret WHERE workspace_id = :workspaceId")
            .bind("workspaceId", workspaceId)
            .execute();
  }

  public static PlatformException unknown(String message) {
    return new PlatformException(AuthError.UNKNOWN_SECRET, message);
  }

  /// Reads the secrets anew.
  public void reload() {
    byWorkspace = Map.copyOf(database.read(this::readAll));
  }

  private Map<String, Map<String, StoredSecret>> readAll(Handle handle) {
    return handle
        .createQuery("SELECT * FROM secret")
        .map((row, _) -> Map.entry(row.getString("workspace_id"), stored(row)))
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey,
                Collectors.toMap(
                    entry -> entry.getValue().name(),
                    Map.Entry::getValue,
                    (one, _) -> one,
                    TreeMap::new)));
  }

  private StoredSecret stored(ResultSet row) throws SQLException {
    String name = row.getString("name");
    return new StoredSecret(
        name,
        keys.unseal(row.getString("sealed_value"), context(row.getString("workspace_id"), name)),
        row.getString("edited_by"),
        Instant.EPOCH.plus(row.getLong("created_at"), ChronoUnit.MICROS),
        Instant.EPOCH.plus(row.getLong("updated_at"), ChronoUnit.MICROS));
  }

  private static List<String> names(Handle handle, String workspaceId) {
    return handle
        .createQuery("SELECT name FROM secret WHERE workspace_id = :workspaceId")
        .bind("workspaceId", workspaceId)
        .mapTo(String.class)
        .list();
  }

  /// Binds a sealed value to its place, so that none opens elsewhere.
  private static String context(String workspaceId, String name) {
    return "secret\0" + workspaceId + "\0" + name;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new PlatformException(
          AuthError.INVALID_SECRET,
          "The name of a secret has letters, digits and _, no digit first, and at most 255 of them");
    }
  }

  private static void checkValue(Secret value) {
    if (value.reveal().length() > VALUE_LENGTH_MAX) {
      throw new PlatformException(
          AuthError.INVALID_SECRET,
          "The value of a secret has at most " + VALUE_LENGTH_MAX + " characters");
    }
  }
}
