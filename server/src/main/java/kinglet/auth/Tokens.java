// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
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
import java.util.UUID;
import java.util.function.UnaryOperator;
import kinglet.database.Database;
import kinglet.database.DatabaseWork;
import kinglet.error.PlatformException;
import org.jdbi.v3.core.Handle;

/// The static tokens of all workspaces.
///
/// Any thread may call. Authentication reads an immutable map held in memory; every change goes to
/// the database first and then replaces the map.
public final class Tokens {
  /// The token that may do everything in its workspace.
  public static final String WORKSPACE_ADMIN = "workspace admin token";

  /// The token that command lines take when they run beside the server.
  public static final String LOCAL_ADMIN = "admin local_testing@tinybird.co";

  private static final String USER = "user token";

  private static final int PER_WORKSPACE_MAX = 100_000;
  private static final int NAME_LENGTH_MAX = 256;
  private static final int TEXT_LENGTH_MAX = 8_192;

  private final Database database;
  private final SecretKeys keys;
  private final TokenStore store;
  private final InstantSource clock;
  private final String host;
  private volatile Snapshot current = new Snapshot(Map.of(), Map.of());

  /// What each thread authenticated last: a connection sends the same token with each request.
  private final ThreadLocal<Recent> recent = new ThreadLocal<>();

  private record Snapshot(Map<String, Token> byFingerprint, Map<String, Token> adminByWorkspace) {}

  /// A token of a snapshot, as long as that is the current one.
  private record Recent(Snapshot of, Token token) {}

  /// @param host what the texts name as their server
  public Tokens(Database database, SecretKeys keys, InstantSource clock, String host) {
    this.database = database;
    this.keys = keys;
    this.store = new TokenStore(keys);
    this.clock = clock;
    this.host = host;
    reload();
  }

  /// The token whose text this is.
  public Optional<Token> authenticate(String text) {
    if (text.length() > TEXT_LENGTH_MAX) {
      return Optional.empty();
    }
    Snapshot snapshot = current;
    Secret secret = new Secret(text);
    Recent last = recent.get();
    if (last != null && last.of() == snapshot && last.token().secret().matches(secret)) {
      return Optional.of(last.token());
    }
    Optional<Token> found =
        Optional.ofNullable(snapshot.byFingerprint().get(store.fingerprint(text)))
            .filter(token -> token.secret().matches(secret));
    found.ifPresent(token -> recent.set(new Recent(snapshot, token)));
    return found;
  }

  /// Makes the tokens every workspace has, if they are missing.
  public void ensureDefaults(String workspaceId) {
    database.write(handle -> {
      for (String name : List.of(WORKSPACE_ADMIN, LOCAL_ADMIN)) {
        if (store.find(handle, workspaceId, name).isEmpty()) {
          store.insert(
              handle,
              fresh(
                  workspaceId,
                  name,
                  "",
                  Set.of(Scope.of(Scope.WideScope.ADMIN)),
                  Token.Origin.DEFAULT));
        }
      }
      return true;
    });
    reload();
  }

  /// Makes the token of the server's user, if it is missing; it may do everything in `workspaceId`.
  public void ensureUser(String workspaceId) {
    database.write(handle -> {
      if (store.find(handle, workspaceId, USER).isEmpty()) {
        Set<Scope> scopes = Set.of(Scope.of(Scope.WideScope.ADMIN));
        store.insert(handle, fresh(workspaceId, USER, "", scopes, Token.Origin.USER));
      }
      return true;
    });
    reload();
  }

  /// Gives the user's token a new text; the old one is refused from now on.
  public Token refreshUser() {
    Token token = user();
    database.write(handle -> {
      store.update(
          handle,
          copy(
              token,
              token.name(),
              token.description(),
              TokenText.create(keys, token.workspaceId(), token.id(), host)));
      return true;
    });
    reload();
    return user();
  }

  /// The token of the server's user, who sees, makes and removes workspaces.
  public Token user() {
    return current.byFingerprint().values().stream()
        .filter(token -> token.origin() == Token.Origin.USER)
        .findFirst()
        .orElseThrow(() -> unknown(USER));
  }

  /// What removes all tokens of a workspace, for the caller's transaction. Call [#reload] after it.
  public DatabaseWork removing(String workspaceId) {
    return handle -> store.deleteAll(handle, workspaceId);
  }

  /// Every token of a workspace, oldest first.
  public List<Token> list(String workspaceId) {
    return current.byFingerprint().values().stream()
        .filter(token -> token.workspaceId().equals(workspaceId))
        .filter(token -> token.origin() != Token.Origin.USER)
        .sorted(java.util.Comparator.comparing(Token::createdAt).thenComparing(Token::name))
        .toList();
  }

  /// A token by its name, its id or its text.
  public Optional<Token> find(String workspaceId, String nameOrIdOrText) {
    Secret asked = new Secret(nameOrIdOrText);
    return list(workspaceId).stream()
        .filter(token ->
            token.name().equals(nameOrIdOrText)
                || token.id().equals(nameOrIdOrText)
                || token.secret().matches(asked))
        .findFirst();
  }

  /// The token that may do everything in its workspace.
  public Token workspaceAdmin(String workspaceId) {
    return findWorkspaceAdmin(workspaceId).orElseThrow(() -> unknown(WORKSPACE_ADMIN));
  }

  Optional<Token> findWorkspaceAdmin(String workspaceId) {
    return Optional.ofNullable(current.adminByWorkspace().get(workspaceId));
  }

  public Token create(String workspaceId, String name, String description, Set<Scope> scopes) {
    checkName(name);
    Token token = fresh(workspaceId, name, description, scopes, Token.Origin.CUSTOM);
    database.write(handle -> {
      List<TokenStore.Stored> there = store.read(handle, workspaceId);
      if (there.stream().anyMatch(stored -> stored.token().name().equals(name))) {
        throw exists(name);
      }
      if (there.size() >= PER_WORKSPACE_MAX) {
        throw new PlatformException(
            AuthError.TOO_MANY_TOKENS,
            "A workspace has at most " + PER_WORKSPACE_MAX + " tokens; remove some first");
      }
      store.insert(handle, token);
      return token;
    });
    reload();
    return token;
  }

  /// Gives a token a new text; the old one is refused from now on.
  public Token refresh(String workspaceId, String nameOrId) {
    return change(
        workspaceId,
        nameOrId,
        token ->
            copy(
                token,
                token.name(),
                token.description(),
                TokenText.create(keys, workspaceId, token.id(), host)));
  }

  /// Changes a token's name or description; what is absent stays.
  public Token rename(
      String workspaceId, String nameOrId, Optional<String> name, Optional<String> description) {
    name.ifPresent(Tokens::checkName);
    return change(
        workspaceId,
        nameOrId,
        token -> {
          if (token.origin() == Token.Origin.DEFAULT && name.isPresent()) {
            throw protectedToken(token.name());
          }
          return copy(
              token,
              name.orElse(token.name()),
              description.orElse(token.description()),
              token.secret());
        });
  }

  /// Replaces the scopes a token has by calls; what the project's files grant it stays.
  public Token replaceScopes(String workspaceId, String nameOrId, Set<Scope> scopes) {
    Token token = require(workspaceId, nameOrId);
    if (token.origin() == Token.Origin.DEFAULT) {
      throw protectedToken(token.name());
    }
    database.write(handle -> {
      TokenStore.Stored stored =
          store.find(handle, workspaceId, token.name()).orElseThrow(() -> unknown(nameOrId));
      store.replaceScopes(handle, token.id(), scopes, stored.fromFiles());
      store.update(handle, copy(token, token.name(), token.description(), token.secret()));
      return true;
    });
    reload();
    return require(workspaceId, token.id());
  }

  public void remove(String workspaceId, String nameOrId) {
    Token token = require(workspaceId, nameOrId);
    if (token.origin() == Token.Origin.DEFAULT) {
      throw protectedToken(token.name());
    }
    database.write(handle -> {
      store.delete(handle, token.id());
      return true;
    });
    reload();
  }

  /// What one token gains and loses when a project grants it `granted`.
  public record FileGrant(String token, boolean fresh, Set<Scope> added, Set<Scope> removed) {
    public FileGrant {
      added = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(added));
      removed = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(removed));
    }
  }

  /// What [#changeFromFiles] would change, by token.
  public List<FileGrant> previewFromFiles(String workspaceId, Map<String, Set<Scope>> granted) {
    return database.read(handle -> grants(handle, workspaceId, granted));
  }

  /// What makes the scopes granted by the project's files exactly `granted`, for the caller's
  /// transaction; missing tokens are made, tokens a file made go when nothing is left of them. Call
  /// [#reload] after the commit.
  public DatabaseWork changeFromFiles(String workspaceId, Map<String, Set<Scope>> granted) {
    return handle -> applyFromFiles(handle, workspaceId, granted);
  }

  private void applyFromFiles(Handle handle, String workspaceId, Map<String, Set<Scope>> granted) {
    granted.forEach((name, scopes) -> {
      checkName(name);
      TokenStore.Stored stored =
          store
              .find(handle, workspaceId, name)
              .orElseGet(() -> {
                Token token = fresh(workspaceId, name, "", Set.of(), Token.Origin.DATAFILE);
                store.insert(handle, token);
                return new TokenStore.Stored(token, Set.of());
              });
      store.replaceScopes(handle, stored.token().id(), stored.own(), scopes);
    });
    for (TokenStore.Stored stored : store.read(handle, workspaceId)) {
      Token token = stored.token();
      if (granted.containsKey(token.name()) || stored.fromFiles().isEmpty()) {
        continue;
      }
      if (token.origin() == Token.Origin.DATAFILE && stored.own().isEmpty()) {
        store.delete(handle, token.id());
      } else {
        store.replaceScopes(handle, token.id(), stored.own(), Set.of());
      }
    }
  }

  /// Reads the tokens anew.
  public void reload() {
    Map<String, Token> byFingerprint = new LinkedHashMap<>();
    Map<String, Token> adminByWorkspace = new LinkedHashMap<>();
    for (TokenStore.Stored stored : database.read(store::readAll)) {
      Token token = stored.token();
      byFingerprint.put(store.fingerprint(token.secret().reveal()), token);
      if (token.name().equals(WORKSPACE_ADMIN)) {
        adminByWorkspace.put(token.workspaceId(), token);
      }
    }
    current = new Snapshot(Map.copyOf(byFingerprint), Map.copyOf(adminByWorkspace));
  }

  private List<FileGrant> grants(
      Handle handle, String workspaceId, Map<String, Set<Scope>> granted) {
    List<FileGrant> changes = new ArrayList<>();
    Map<String, Set<Scope>> before = new LinkedHashMap<>();
    store
        .read(handle, workspaceId)
        .forEach(stored -> before.put(stored.token().name(), stored.fromFiles()));
    Set<String> names = new LinkedHashSet<>(granted.keySet());
    before.forEach((name, scopes) -> {
      if (!scopes.isEmpty()) {
        names.add(name);
      }
    });
    for (String name : names) {
      Set<Scope> had = before.getOrDefault(name, Set.of());
      Set<Scope> has = granted.getOrDefault(name, Set.of());
      FileGrant grant =
          new FileGrant(name, !before.containsKey(name), minus(has, had), minus(had, has));
      if (grant.fresh() || !grant.added().isEmpty() || !grant.removed().isEmpty()) {
        changes.add(grant);
      }
    }
    return changes;
  }

  private static Set<Scope> minus(Collection<Scope> all, Collection<Scope> without) {
    Set<Scope> rest = new LinkedHashSet<>(all);
    rest.removeAll(without);
    return rest;
  }

  private Token change(String workspaceId, String nameOrId, UnaryOperator<Token> edit) {
    Token token = require(workspaceId, nameOrId);
    Token changed = edit.apply(token);
    database.write(handle -> {
      Optional<TokenStore.Stored> other = store.find(handle, workspaceId, changed.name());
      if (other.isPresent() && !other.get().token().id().equals(changed.id())) {
        throw exists(changed.name());
      }
      store.update(handle, changed);
      return true;
    });
    reload();
    return require(workspaceId, changed.id());
  }

  private Token require(String workspaceId, String nameOrId) {
    return find(workspaceId, nameOrId).orElseThrow(() -> unknown(nameOrId));
  }

  private Token fresh(
      String workspaceId, String name, String description, Set<Scope> scopes, Token.Origin origin) {
    String id = uuid();
    Instant now = now();
    return new Token(
        id,
        workspaceId,
        name,
        description,
        scopes,
        TokenText.create(keys, workspaceId, id, host),
        origin,
        OptionalInt.empty(),
        now,
        now);
  }

  private Token copy(Token token, String name, String description, Secret secret) {
    return new Token(
        token.id(),
        token.workspaceId(),
        name,
        description,
        token.scopes(),
        secret,
        token.origin(),
        token.requestsPerSecond(),
        token.createdAt(),
        now());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private String uuid() {
    ByteBuffer bytes = ByteBuffer.wrap(keys.randomBytes(16));
    long high = (bytes.getLong() & ~0xF000L) | 0x4000L;
    long low = (bytes.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  static void checkName(String name) {
    if (name.isBlank() || name.length() > NAME_LENGTH_MAX) {
      throw new PlatformException(
          AuthError.INVALID_TOKEN_NAME,
          "A token needs a name of 1 to " + NAME_LENGTH_MAX + " characters");
    }
  }

  private static PlatformException unknown(String name) {
    // The text asked for may be a token's own: it is not repeated.
    return new PlatformException(
        AuthError.UNKNOWN_TOKEN,
        name.startsWith(TokenText.PREFIX)
            ? "Token has not enough permissions to get information about this token"
            : "The token '" + name + "' does not exist");
  }

  private static PlatformException exists(String name) {
    return new PlatformException(
        AuthError.TOKEN_EXISTS, "The token '" + name + "' exists already; choose another name");
  }

  private static PlatformException protectedToken(String name) {
    return new PlatformException(
        AuthError.PROTECTED_TOKEN,
        "The token '" + name + "' belongs to the workspace: it can only be refreshed");
  }
}
