// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What a caller presents, and what it allows.
///
/// @param id a UUID
/// @param secret the text the caller presents
/// @param origin who made it
/// @param requestsPerSecond the most requests a second, when the token limits them itself
public record Token(
    String id,
    String workspaceId,
    String name,
    String description,
    Set<Scope> scopes,
    Secret secret,
    Origin origin,
    OptionalInt requestsPerSecond,
    Instant createdAt,
    Instant updatedAt) {
  public Token {
    scopes = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
  }

  /// Who made a token.
  public enum Origin {
    /// By a call.
    CUSTOM("C"),
    /// By a file of the project.
    DATAFILE("DS"),
    /// With the workspace; cannot be removed.
    DEFAULT("D"),
    /// For the user of the server: all its workspaces; in no list.
    USER("U"),
    /// By a signature; not stored.
    JWT("JWT");

    private final String letter;

    Origin(String letter) {
      this.letter = letter;
    }

    /// The letter of the calls.
    public String letter() {
      return letter;
    }
  }

  public boolean allows(Scope.WideScope scope) {
    return scopes.contains(Scope.of(scope));
  }

  public boolean admin() {
    return allows(Scope.WideScope.ADMIN);
  }

  public boolean mayManageTokens() {
    return admin() || allows(Scope.WideScope.TOKENS);
  }

  private boolean readsAll() {
    return admin() || allows(Scope.WideScope.WORKSPACE_READ_ALL);
  }

  /// Whether rows of a data source, or of its quarantine, may be read; a filter may still apply.
  public boolean mayReadDataSource(String name, String publicId) {
    return readsAll() || readScope(name, publicId).isPresent();
  }

  /// The condition the rows of a data source must satisfy, when this token has one for it.
  public Optional<String> dataSourceFilter(String name, String publicId) {
    return readsAll() ? Optional.empty() : readScope(name, publicId).flatMap(Scope::filter);
  }

  private Optional<Scope> readScope(String name, String publicId) {
    return scopes.stream()
        .filter(Scope.ReadDataSource.class::isInstance)
        .filter(
            scope -> scope.resource().filter(r -> r.equals(name) || r.equals(publicId)).isPresent())
        .findFirst();
  }

  public boolean mayCreateDataSources() {
    return admin() || allows(Scope.WideScope.DATASOURCES_CREATE);
  }

  public boolean mayAppend(String name, String publicId) {
    return mayCreateDataSources()
        || scopes.contains(new Scope.AppendDataSource(name))
        || scopes.contains(new Scope.AppendDataSource(publicId));
  }

  public boolean mayDropDataSource(String name, String publicId) {
    return admin()
        || scopes.contains(new Scope.DropDataSource(name))
        || scopes.contains(new Scope.DropDataSource(publicId));
  }

  public boolean mayDropPipe(String name, String publicId) {
    return admin()
        || scopes.contains(new Scope.DropPipe(name))
        || scopes.contains(new Scope.DropPipe(publicId));
  }

  public boolean mayReadPipe(String name, String publicId) {
    return readsAll() || pipeScope(name, publicId).isPresent();
  }

  /// The scope by which a pipe may be read, with its fixed values and filter.
  public Optional<Scope.ReadPipe> pipeScope(String name, String publicId) {
    return scopes.stream()
        .filter(Scope.ReadPipe.class::isInstance)
        .map(Scope.ReadPipe.class::cast)
        .filter(scope -> scope.name().equals(name) || scope.name().equals(publicId))
        .findFirst();
  }
}
