// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.Optional;
import kinglet.auth.AuthError;
import kinglet.auth.Secrets;
import kinglet.auth.Token;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.error.PlatformException;

/// Where the rows of copies go: into the workspace of the pipe, or into another one that gave it a
/// token for that. The token is asked for each run, so that it can be taken back.
public final class CopyTargets {
  private final Catalog catalog;
  private final Tokens tokens;
  private final Secrets secrets;

  public CopyTargets(Catalog catalog, Tokens tokens, Secrets secrets) {
    this.catalog = catalog;
    this.tokens = tokens;
    this.secrets = secrets;
  }

  /// A data source and the token that may append to it.
  record Target(DataSource dataSource, Token token) {
    void requireReplacing() {
      if (!token.mayCreateDataSources()) {
        throw new PlatformException(
            AuthError.FORBIDDEN,
            "token '"
                + token.name()
                + "': replacing rows needs a token with the scope DATASOURCES:CREATE or ADMIN");
      }
    }
  }

  /// The target of a copy that a caller runs.
  Target of(Resources resources, Token token, PipeKind.Copy copy) {
    Optional<PipeKind.Elsewhere> elsewhere = copy.elsewhere();
    return elsewhere.isPresent()
        ? elsewhere(resources, elsewhere.get(), copy.dataSource())
        : own(resources, token, copy.dataSource());
  }

  /// A data source of the token's workspace, by name or id.
  Target own(Resources resources, Token token, String name) {
    DataSource source =
        resources.dataSource(name).orElseThrow(() -> DataSourceRoutes.missing(resources, name));
    if (!token.mayAppend(source.name(), source.publicId())) {
      throw new PlatformException(
          AuthError.FORBIDDEN,
          "token '" + token.name() + "': it may not append to the data source " + source.name());
    }
    return new Target(source, token);
  }

  private Target elsewhere(Resources from, PipeKind.Elsewhere elsewhere, String dataSource) {
    String token =
        secrets
            .value(from.workspace().id(), elsewhere.secret())
            .orElseThrow(() ->
                new PlatformException(
                    AuthError.FORBIDDEN,
                    "the secret '"
                        + elsewhere.secret()
                        + "', a token of the workspace '"
                        + elsewhere.workspace()
                        + "', does not exist: set it"));
    return elsewhere(from, elsewhere.workspace(), token, dataSource);
  }

  /// A data source of another workspace, with the text of a token of that.
  Target elsewhere(Resources from, String workspace, String token, String dataSource) {
    if (from.workspace().isBranch()) {
      throw new PlatformException(
          AuthError.FORBIDDEN,
          "a branch does not write into the workspace '"
              + workspace
              + "': its pipes copy for real");
    }
    Token found =
        tokens
            .authenticate(token.strip())
            .filter(one ->
                catalog
                    .workspace(workspace)
                    .filter(w -> w.id().equals(one.workspaceId()))
                    .isPresent())
            .orElseThrow(() ->
                new PlatformException(
                    AuthError.FORBIDDEN,
                    "there is no such token of the workspace '"
                        + workspace
                        + "': copying into it needs one that may append there"));
    return own(catalog.current(found.workspaceId()).orElseThrow(), found, dataSource);
  }
}
