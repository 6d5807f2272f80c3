// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import kinglet.auth.Scope;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.error.ErrorKind;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Everything in `attacks.txt` is refused before anything is run.
final class AttackListIT {
  private static final Set<ErrorKind> REFUSALS =
      EnumSet.of(
          ErrorKind.INVALID,
          ErrorKind.FORBIDDEN,
          ErrorKind.NOT_FOUND,
          ErrorKind.UNPROCESSABLE,
          ErrorKind.TOO_LARGE);

  @TempDir static Path folder;
  private static Shop shop;
  private static Queries queries;
  private static Token token;

  record Attempt(String way, String aim, String text) {
    @Override
    public String toString() {
      return way + ": " + aim;
    }
  }

  @BeforeAll
  static void open() {
    shop = new Shop(folder);
    queries = shop.queries(QueryLimits.DEFAULTS);
    token =
        shop.token(
            "DATASOURCES:READ:events",
            "DATASOURCES:READ:tinybird.pipe_stats_rt",
            "PIPES:READ:top_events",
            "PIPES:READ:chosen");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  static List<Attempt> attempts(String wayPrefix) throws IOException {
    List<Attempt> attempts = new ArrayList<>();
    try (InputStream in = AttackListIT.class.getResourceAsStream("attacks.txt")) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String[] blocks = all.split("(?m)^== ");
      for (int i = 1; i < blocks.length; i++) {
        int lineEnd = blocks[i].indexOf('\n');
        String[] head = blocks[i].substring(0, lineEnd).split(" \\| ", 2);
        String text = blocks[i].substring(lineEnd + 1).stripTrailing().replace('␀', '\0');
        attempts.add(new Attempt(head[0], head[1], text));
      }
    }
    return attempts.stream().filter(one -> one.way().startsWith(wayPrefix)).toList();
  }

  static Stream<Attempt> sql() throws IOException {
    return Stream.concat(attempts("sql").stream(), attempts("q").stream());
  }

  @Test
  void theListIsLong() throws IOException {
    assertThat(attempts("")).hasSizeGreaterThan(250);
    assertThat(attempts("").stream().map(Attempt::text).distinct()).hasSizeGreaterThan(250);
  }

  @ParameterizedTest
  @MethodSource
  void sql(Attempt attempt) {
    shop.recorded.forget();
    Throwable thrown = catchThrowable(() -> run(attempt));
    assertThat(thrown).as("%s", attempt).isInstanceOf(PlatformException.class);
    PlatformException refusal = (PlatformException) thrown;
    assertThat(refusal.kind()).as("%s: %s", attempt, refusal.text()).isIn(REFUSALS);
    assertThat(refusal.text()).doesNotContain("__seq` UInt64", "w_other.treasure (");
    assertThat(shop.recorded.executed()).as("%s was run", attempt).isZero();
  }

  /// What a parameter says is a value or a name, never SQL: the call is refused, and nothing of
  /// what it was after is in the answer.
  @ParameterizedTest
  @MethodSource
  void parameter(Attempt attempt) {
    String name = attempt.way().substring("param ".length());
    Endpoints endpoints = new Endpoints(queries, shop.secrets, InstantSource.system());
    Throwable thrown =
        catchThrowable(() ->
            Shop.read(
                endpoints.run(
                    shop.workspace,
                    token,
                    "chosen",
                    Map.of(name, List.of(attempt.text())),
                    QueryOptions.NONE)));
    assertThat(thrown).as("%s", attempt).isInstanceOf(PlatformException.class);
    assertThat(((PlatformException) thrown).kind()).as("%s", attempt).isIn(REFUSALS);
  }

  /// A row filter of a JWT is one condition over the columns of its table, or nothing is read.
  @ParameterizedTest
  @MethodSource
  void filter(Attempt attempt) {
    Token filtered =
        shop.token(Set.of(new Scope.ReadDataSource("events", Optional.of(attempt.text()))));
    shop.recorded.forget();
    Throwable thrown =
        catchThrowable(() ->
            Shop.read(
                queries.sql(
                    shop.workspace,
                    filtered,
                    "SELECT * FROM events",
                    CompiledPipe::build,
                    QueryOptions.NONE)));
    assertThat(thrown).as("%s", attempt).isInstanceOf(PlatformException.class);
    assertThat(((PlatformException) thrown).kind()).as("%s", attempt).isIn(REFUSALS);
    assertThat(shop.recorded.executed()).as("%s was run", attempt).isZero();
  }

  static Stream<Attempt> filter() throws IOException {
    return attempts("filter").stream();
  }

  static Stream<Attempt> parameter() throws IOException {
    return attempts("param").stream();
  }

  @Test
  void withoutAnAttackTheEndpointAnswers() {
    Endpoints endpoints = new Endpoints(queries, shop.secrets, InstantSource.system());
    assertThat(
            Shop.read(endpoints.run(shop.workspace, token, "chosen", Map.of(), QueryOptions.NONE)))
        .contains("\"id\"");
  }

  private static String run(Attempt attempt) {
    PipeSource pipes = CompiledPipe::build;
    QueryAnswer answer =
        attempt.way().equals("q")
            ? queries.endpoint(
                shop.workspace, token, "top_events", pipes, QueryOptions.NONE.withQ(attempt.text()))
            : queries.sql(shop.workspace, token, attempt.text(), pipes, QueryOptions.NONE);
    return Shop.read(answer);
  }
}
