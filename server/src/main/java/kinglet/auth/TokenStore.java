// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Rows of the tables `token` and `token_scope`.
final class TokenStore {
  private static final String FINGERPRINT = "token";

  private final SecretKeys keys;

  TokenStore(SecretKeys keys) {
    this.keys = keys;
  }

  /// A token as stored, with the scopes its files grant apart from the rest.
  record Stored(Token token, Set<Scope> fromFiles) {
    Set<Scope> own() {
      Set<Scope> own = new LinkedHashSet<>(token.scopes());
      own.removeAll(fromFiles);
      return own;
    }
  }

  String fingerprint(String text) {
    return keys.fingerprint(FINGERPRINT, text);
  }

  List<Stored> readAll(Handle handle) {
    Map<String, List<Map.Entry<Scope, Boolean>>> scopes = new LinkedHashMap<>();
    handle
        .createQuery(
            "SELECT token_id, scope, from_file FROM token_scope ORDER BY token_id, position")
        .map((row, _) -> {
          scopes
              .computeIfAbsent(row.getString("token_id"), _ -> new ArrayList<>())
              .add(Map.entry(Scope.parse(row.getString("scope")), row.getInt("from_file") != 0));
          return true;
        })
        .list();
    return handle
        .createQuery("SELECT * FROM token ORDER BY workspace_id, created_at, name")
        .map((row, _) -> {
          String id = row.getString("id");
          int rate = row.getInt("requests_per_second");
          OptionalInt limit = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(rate);
          List<Map.Entry<Scope, Boolean>> granted = scopes.getOrDefault(id, List.of());
          Set<Scope> all = new LinkedHashSet<>();
          Set<Scope> fromFiles = new LinkedHashSet<>();
          granted.forEach(entry -> {
            all.add(entry.getKey());
            if (entry.getValue()) {
              fromFiles.add(entry.getKey());
            }
          });
          return new Stored(
              new Token(
                  id,
                  row.getString("workspace_id"),
                  row.getString("name"),
                  row.getString("description"),
                  all,
                  keys.unseal(row.getString("sealed_text"), id),
                  Token.Origin.valueOf(row.getString("origin")),
                  limit,
                  toInstant(row.getLong("created_at")),
                  toInstant(row.getLong("updated_at"))),
              fromFiles);
        })
        .list();
  }

  List<Stored> read(Handle handle, String workspaceId) {
    return readAll(handle).stream()
        .filter(stored -> stored.token().workspaceId().equals(workspaceId))
        .toList();
  }

  Optional<Stored> find(Handle handle, String workspaceId, String name) {
    return read(handle, workspaceId).stream()
        .filter(stored -> stored.token().name().equals(name))
        .findFirst();
  }

  void insert(Handle handle, Token token) {
    handle
        .createUpdate(
            """
            INSERT INTO token (id, workspace_id, name, description, sealed_text, fingerprint,
                               origin, requests_per_second, created_at, updated_at)
            VALUES (:id, :workspaceId, :name, :description, :sealed, :fingerprint,
                    :origin, :rate, :createdAt, :updatedAt)
            """)
        .bind("id", token.id())
        .bind("workspaceId", token.workspaceId())
        .bind("name", token.name())
        .bind("description", token.description())
        .bind("sealed", keys.seal(token.secret(), token.id()))
        .bind("fingerprint", fingerprint(token.secret().reveal()))
        .bind("origin", token.origin().name())
        .bind("rate", rate(token))
        .bind("createdAt", micros(token.createdAt()))
        .bind("updatedAt", micros(token.updatedAt()))
        .execute();
    replaceScopes(handle, token.id(), token.scopes(), Set.of());
  }

  /// Writes everything but the scopes.
  void update(Handle handle, Token token) {
    handle
        .createUpdate(
            """
            UPDATE token SET name = :name, description = :description, sealed_text = :sealed,
                   fingerprint = :fingerprint, requests_per_second = :rate, updated_at = :updatedAt
            WHERE id = :id
            """)
        .bind("id", token.id())
        .bind("name", token.name())
        .bind("description", token.description())
        .bind("sealed", keys.seal(token.secret(), token.id()))
        .bind("fingerprint", fingerprint(token.secret().reveal()))
        .bind("rate", rate(token))
        .bind("updatedAt", micros(token.updatedAt()))
        .execute();
  }

  void replaceScopes(
      Handle handle, String tokenId, Collection<Scope> own, Collection<Scope> fromFiles) {
    handle
        .createUpdate("DELETE FROM token_scope WHERE token_id = :id")
        .bind("id", tokenId)
        .execute();
    Map<Scope, Boolean> all = new LinkedHashMap<>();
    own.forEach(scope -> all.put(scope, false));
    fromFiles.forEach(scope -> all.put(scope, true));
    int position = 0;
    for (Map.Entry<Scope, Boolean> entry : all.entrySet()) {
      handle
          .createUpdate(
              """
              INSERT INTO token_scope (token_id, position, scope, from_file)
              VALUES (:id, :position, :scope, :fromFile)
              """)
          .bind("id", tokenId)
          .bind("position", position++)
          .bind("scope", entry.getKey().text())
          .bind("fromFile", entry.getValue() ? 1 : 0)
          .execute();
    }
  }

  void delete(Handle handle, String tokenId) {
    handle.createUpdate("DELETE FROM token WHERE id = :id").bind("id", tokenId).execute();
  }

  void deleteAll(Handle handle, String workspaceId) {
    handle
        .createUpdate("DELETE FROM token WHERE workspace_id = :workspaceId")
        .bind("workspaceId", workspaceId)
        .execute();
  }

  private static @Nullable Integer rate(Token token) {
    return token.requestsPerSecond().isPresent() ? token.requestsPerSecond().getAsInt() : null;
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static Instant toInstant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
