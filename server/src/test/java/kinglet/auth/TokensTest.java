// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokensTest {
  private static final String WORKSPACE = "7f0b1f0e-0000-4000-8000-000000000001";
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.123456Z"));

  @TempDir Path folder;

  private Database database;
  private Tokens tokens;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("catalogue.sqlite"));
    tokens = newTokens();
    tokens.ensureDefaults(WORKSPACE);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void textHasTheDocumentedShape() {
    String text = tokens.workspaceAdmin(WORKSPACE).secret().reveal();
    assertThat(text).startsWith("p.eyJ");
    String payload =
        new String(Base64.getUrlDecoder().decode(text.split("\\.")[1]), StandardCharsets.UTF_8);
    assertThat(payload)
        .contains("\"u\": \"" + WORKSPACE + "\"")
        .contains("\"id\": \"" + tokens.workspaceAdmin(WORKSPACE).id() + "\"")
        .contains("\"host\": \"local\"");
  }

  @Test
  void workspaceStartsWithItsTwoAdminTokens() {
    assertThat(tokens.list(WORKSPACE).stream().map(Token::name))
        .containsExactlyInAnyOrder(Tokens.WORKSPACE_ADMIN, Tokens.LOCAL_ADMIN);
    assertThat(tokens.list(WORKSPACE)).allMatch(Token::admin);
    String before = tokens.workspaceAdmin(WORKSPACE).secret().reveal();
    tokens.ensureDefaults(WORKSPACE);
    assertThat(tokens.workspaceAdmin(WORKSPACE).secret().reveal()).isEqualTo(before);
  }

  @Test
  void tokensSurviveAReopen() {
    Token made =
        tokens.create(WORKSPACE, "reader of pages", "", Set.of(Scope.parse("PIPES:READ:pages")));
    Token found = newTokens().authenticate(made.secret().reveal()).orElseThrow();
    assertThat(found).isEqualTo(made);
    assertThat(found.mayReadPipe("pages", "t_0")).isTrue();
    assertThat(found.mayReadPipe("other", "t_1")).isFalse();
    assertThat(found.admin()).isFalse();
  }

  @Test
  void aChangedTextIsRefusedWhereverItChanged() {
    String text = tokens.workspaceAdmin(WORKSPACE).secret().reveal();
    for (int at = 0; at < text.length(); at++) {
      char other = text.charAt(at) == 'A' ? 'B' : 'A';
      String changed = text.substring(0, at) + other + text.substring(at + 1);
      assertThat(tokens.authenticate(changed)).as("changed at %d", at).isEmpty();
    }
    for (String odd :
        List.of(
            "",
            "p.",
            "p.eyJ.",
            text + "x",
            text.substring(1),
            " " + text,
            "x".repeat(10_000_000))) {
      assertThat(tokens.authenticate(odd)).isEmpty();
    }
    assertThat(tokens.authenticate(text)).isPresent();
  }

  @Test
  void refreshChangesTheTextAlone() {
    Token made = tokens.create(WORKSPACE, "one", "first", Set.of(Scope.parse("TOKENS")));
    assertThat(tokens.authenticate(made.secret().reveal())).contains(made);
    Token refreshed = tokens.refresh(WORKSPACE, "one");
    assertThat(refreshed.id()).isEqualTo(made.id());
    assertThat(refreshed.scopes()).isEqualTo(made.scopes());
    assertThat(refreshed.secret()).isNotEqualTo(made.secret());
    assertThat(tokens.authenticate(made.secret().reveal())).isEmpty();
    assertThat(tokens.authenticate(refreshed.secret().reveal())).contains(refreshed);
    assertThat(newTokens().authenticate(made.secret().reveal())).isEmpty();
  }

  @Test
  void removedTokenIsRefused() {
    Token made = tokens.create(WORKSPACE, "one", "", Set.of());
    assertThat(tokens.authenticate(made.secret().reveal())).contains(made);
    tokens.remove(WORKSPACE, made.id());
    assertThat(tokens.authenticate(made.secret().reveal())).isEmpty();
    assertThatThrownBy(() -> tokens.remove(WORKSPACE, "one"))
        .hasMessage("The token 'one' does not exist");
    assertThatThrownBy(() -> tokens.remove(WORKSPACE, Tokens.WORKSPACE_ADMIN))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.code()).isEqualTo(AuthError.PROTECTED_TOKEN));
  }

  @Test
  void namesAreUniqueInAWorkspace() {
    tokens.create(WORKSPACE, "one", "", Set.of());
    tokens.create("another", "one", "", Set.of());
    assertThatThrownBy(() -> tokens.create(WORKSPACE, "one", "", Set.of()))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.code()).isEqualTo(AuthError.TOKEN_EXISTS));
    tokens.create(WORKSPACE, "two", "", Set.of());
    assertThatThrownBy(() -> tokens.rename(WORKSPACE, "two", Optional.of("one"), Optional.empty()))
        .hasMessageContaining("exists already");
    assertThat(
            tokens.rename(WORKSPACE, "two", Optional.of("three"), Optional.of("d")).description())
        .isEqualTo("d");
  }

  @Test
  void scopesAreReplacedAsAWhole() {
    tokens.create(WORKSPACE, "one", "", Set.of(Scope.parse("DATASOURCES:READ:a")));
    Token changed =
        tokens.replaceScopes(WORKSPACE, "one", Set.of(Scope.parse("DATASOURCES:APPEND:b")));
    assertThat(changed.mayReadDataSource("a", "t_a")).isFalse();
    assertThat(changed.mayAppend("b", "t_b")).isTrue();
  }

  @Test
  void filesGrantAndTakeBack() {
    tokens.create(WORKSPACE, "mixed", "", Set.of(Scope.parse("TOKENS")));
    Map<String, Set<Scope>> granted =
        Map.of(
            "app", Set.of(Scope.parse("DATASOURCES:APPEND:events")),
            "mixed", Set.of(Scope.parse("PIPES:READ:pages")));
    assertThat(tokens.previewFromFiles(WORKSPACE, granted)).hasSize(2);
    apply(granted);
    String text = tokens.find(WORKSPACE, "app").orElseThrow().secret().reveal();
    assertThat(tokens.previewFromFiles(WORKSPACE, granted)).isEmpty();
    assertThat(tokens.find(WORKSPACE, "mixed").orElseThrow().scopes())
        .containsExactlyInAnyOrder(Scope.parse("TOKENS"), Scope.parse("PIPES:READ:pages"));

    apply(Map.of("app", Set.of(Scope.parse("DATASOURCES:READ:events"))));
    Token app = tokens.authenticate(text).orElseThrow();
    assertThat(app.mayAppend("events", "t_1")).isFalse();
    assertThat(app.mayReadDataSource("events", "t_1")).isTrue();
    assertThat(tokens.find(WORKSPACE, "mixed").orElseThrow().scopes())
        .containsExactly(Scope.parse("TOKENS"));

    apply(Map.of());
    assertThat(tokens.find(WORKSPACE, "app")).isEmpty();
    assertThat(tokens.authenticate(text)).isEmpty();
    assertThat(tokens.find(WORKSPACE, "mixed")).isPresent();
  }

  @Test
  void nothingInTheDatabaseFileShowsAText() throws IOException {
    String text = tokens.create(WORKSPACE, "one", "", Set.of()).secret().reveal();
    database.close();
    for (String name : List.of("catalogue.sqlite", "catalogue.sqlite-wal")) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(bytes.contains(text.substring(2, 40))).isFalse();
        assertThat(bytes.contains(text.substring(text.length() - 20))).isFalse();
      }
    }
  }

  @Test
  void keyFileIsForItsOwnerOnly() throws IOException {
    Path file = folder.resolve("key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(this::newTokens).hasMessageContaining("chmod 600");
  }

  @Test
  void anotherKeyOpensNothing() throws IOException {
    Files.delete(folder.resolve("key"));
    assertThatThrownBy(this::newTokens).hasMessageContaining("does not open with this key file");
  }

  @Test
  void printingShowsNoText() {
    Token token = tokens.workspaceAdmin(WORKSPACE);
    assertThat(token.toString()).doesNotContain(token.secret().reveal()).contains("***");
    assertThat(token.secret().toString()).isEqualTo("***");
  }

  @Test
  void askingForAnUnknownTextDoesNotRepeatIt() {
    assertThatThrownBy(() -> tokens.refresh(WORKSPACE, "p.eyJnothing.here"))
        .hasMessageNotContaining("nothing");
  }

  private void apply(Map<String, Set<Scope>> granted) {
    database.write(handle -> {
      tokens.changeFromFiles(WORKSPACE, granted).run(handle);
      return true;
    });
    tokens.reload();
  }

  private Tokens newTokens() {
    return new Tokens(
        database, SecretKeys.open(folder.resolve("key"), new SecureRandom()), CLOCK, "local");
  }
}
