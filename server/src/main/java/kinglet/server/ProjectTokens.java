// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.auth.Scope;
import kinglet.auth.Tokens;
import kinglet.catalog.deployment.DeclaredTokens;
import kinglet.catalog.deployment.TokenChange;
import kinglet.catalog.deployment.TokenDeclaration;
import kinglet.database.DatabaseWork;

/// Turns the `TOKEN` lines of projects into scopes of tokens.
public final class ProjectTokens implements DeclaredTokens {
  private final Tokens tokens;

  public ProjectTokens(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public List<TokenChange> preview(String workspaceId, List<TokenDeclaration> declarations) {
    return tokens.previewFromFiles(workspaceId, scopes(declarations)).stream()
        .map(ProjectTokens::change)
        .toList();
  }

  @Override
  public DatabaseWork change(String workspaceId, List<TokenDeclaration> declarations) {
    return tokens.changeFromFiles(workspaceId, scopes(declarations));
  }

  @Override
  public void committed() {
    tokens.reload();
  }

  private static Map<String, Set<Scope>> scopes(List<TokenDeclaration> declarations) {
    Map<String, Set<Scope>> granted = new LinkedHashMap<>();
    for (TokenDeclaration declaration : declarations) {
      Set<Scope> scopes = granted.computeIfAbsent(declaration.token(), _ -> new LinkedHashSet<>());
      scopes.add(scope(declaration));
    }
    return granted;
  }

  private static Scope scope(TokenDeclaration declaration) {
    String name = declaration.resource();
    if (declaration.resourceType().equals("pipe")) {
      return new Scope.ReadPipe(name, Optional.empty(), Map.of());
    }
    return declaration.permission().equals("APPEND")
        ? new Scope.AppendDataSource(name)
        : new Scope.ReadDataSource(name, Optional.empty());
  }

  private static TokenChange change(Tokens.FileGrant grant) {
    TokenChange.Kind kind = grant.fresh() ? TokenChange.Kind.ADDED : TokenChange.Kind.CHANGED;
    return new TokenChange(
        grant.token(), kind, permissions(grant.added()), permissions(grant.removed()));
  }

  private static List<TokenChange.Permission> permissions(Set<Scope> scopes) {
    return scopes.stream()
        .map(scope ->
            new TokenChange.Permission(
                scope.resource().orElse(""),
                scope instanceof Scope.ReadPipe ? "pipe" : "datasource",
                scope.type().substring(scope.type().indexOf(':') + 1)))
        .toList();
  }
}
