// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import kinglet.catalog.PipeKind;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.clickhouse.Summary;
import kinglet.error.PlatformException;
import kinglet.feature.definition.FeatureView;
import kinglet.testkit.TestEngine;
import kinglet.type.Column;
import kinglet.type.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What replays take of connections and of the disk.
final class ReplaysIT {
  /// More than the engine has connections for what jobs read.
  private static final int VIEWS = 14;

  private static final int STREAMED_MAX = 3;
  private static final Schema SOURCE =
      Schema.of(
          Column.of("ts", "DateTime64(6)"), Column.of("id", "String"), Column.of("v", "Int64"));

  private final Counting engine = new Counting(TestEngine.shared().client());
  private final String table = TestEngine.shared().newDatabase() + ".events";
  private final List<ViewHistory> views = new ArrayList<>();

  @TempDir Path directory;

  ReplaysIT() {
    engine.execute(
        Statement.of(
            Role.ADMIN,
            "CREATE TABLE "
                + table
                + " ENGINE = MergeTree ORDER BY id AS SELECT toDateTime64('2026-01-01 00:00:00', 6,"
                + " 'UTC') AS ts, 'a' AS id, toInt64(number) AS v, number + 1 AS __seq,"
                + " toDateTime64('2026-01-01 00:00:01', 6, 'UTC') AS __ingested_at FROM numbers(100)"));
    for (int i = 0; i < VIEWS; i++) {
      views.add(view("v" + i, "sum(v + " + i + ") OVER ever", List.of()));
    }
  }

  private ViewHistory view(String name, String feature, List<ViewHistory> lookups) {
    String sql =
        "SELECT id, "
            + feature
            + " AS f FROM events"
            + (feature.contains("OVER") ? " WINDOW ever AS (PARTITION BY id ORDER BY ts)" : "");
    ViewProgram program =
        ViewCompiler.compile(
            FeatureView.of(
                name,
                new PipeKind.Features(name, List.of("id"), "ts", Optional.empty(), Map.of()),
                sql),
            SOURCE,
            _ -> Optional.empty(),
            600_000_000L);
    return new ViewHistory(program, 1, 1, table, lookups);
  }

  private List<Replay> open(long bytesMax, List<ViewHistory> wanted) {
    return new Replays(engine, new HistoryFiles(directory, bytesMax), 1_000_000)
        .open(
            wanted.stream()
                .map(view ->
                    new Replays.Wanted(
                        view, new Replay.Scope(Replay.Order.SERVED, 100, Long.MAX_VALUE, 0, 1)))
                .toList());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void viewsThatAreReplayedSideBySideTakeFewConnections() throws IOException {
    List<Replay> replays = open(1 << 20, views);
    assertThat(engine.open).hasSize(STREAMED_MAX);
    assertThat(engine.most).isEqualTo(STREAMED_MAX);
    assertThat(files()).isEmpty();
    for (int i = 0; i < VIEWS; i++) {
      assertThat(replays.get(i).key(0, "\"a\"")).isTrue();
      var _ = replays.get(i).read(Long.MAX_VALUE / 2, 100);
      assertThat(replays.get(i).json(1)).isEqualTo(Integer.toString(4_950 + 100 * i));
    }
    replays.forEach(Replay::close);
    assertThat(engine.open).isEmpty();
  }

  @Test
  void lookupsOfAViewTakeFewConnectionsToo() {
    List<ViewHistory> lookups =
        Stream.of("a", "b", "c", "d", "e").map(name -> view(name, "v", List.of())).toList();
    List<Replay> replays = open(1 << 20, List.of(view("joined", "sum(v) OVER ever", lookups)));
    assertThat(engine.most).isEqualTo(STREAMED_MAX);
    replays.forEach(Replay::close);
    assertThat(engine.open).isEmpty();
  }

  @Test
  void moreThanTheDiskMayHoldIsRefused() throws IOException {
    assertThatThrownBy(() -> open(10_000, views))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(FeatureError.HISTORY_TOO_LARGE);
              assertThat(failure.text()).contains("10000 bytes", "training.history-bytes-max");
            });
    assertThat(engine.open).isEmpty();
    assertThat(files()).isEmpty();
    HistoryFiles files = new HistoryFiles(directory, 10_000);
    Replays replays = new Replays(engine, files, 1_000_000);
    Replay.Scope scope = new Replay.Scope(Replay.Order.SERVED, 100, Long.MAX_VALUE, 0, 1);
    List<Replays.Wanted> few =
        views.stream()
            .limit(STREAMED_MAX + 1)
            .map(view -> new Replays.Wanted(view, scope))
            .toList();
    for (int i = 0; i < 10; i++) {
      replays.open(few).forEach(Replay::close);
    }
  }

  @Test
  void whatACrashLeftGoes() throws IOException {
    Path left = Files.writeString(directory.resolve("history1.native"), "left");
    open(1 << 20, views).forEach(Replay::close);
    assertThat(left).doesNotExist();
  }

  /// The engine, and which answers of it are not closed.
  private static final class Counting implements ClickHouse {
    private final ClickHouse to;
    private final List<Answer> open = new ArrayList<>();
    private int most;

    Counting(ClickHouse to) {
      this.to = to;
    }

    @Override
    public Answer query(Statement statement) {
      Answer answer = new Counted(to.query(statement), open);
      open.add(answer);
      most = Math.max(most, open.size());
      return answer;
    }

    @Override
    public String text(Statement statement) {
      return to.text(statement);
    }

    @Override
    public void execute(Statement statement) {
      to.execute(statement);
    }

    @Override
    public long insert(InsertTarget target, InsertBody body) {
      return to.insert(target, body);
    }

    @Override
    public void cancel(String queryId) {
      to.cancel(queryId);
    }

    @Override
    public boolean ping() {
      return to.ping();
    }
  }

  private record Counted(Answer to, List<Answer> open) implements Answer {
    @Override
    public InputStream body() {
      return to.body();
    }

    @Override
    public Summary summary() {
      return to.summary();
    }

    @Override
    public String format() {
      return to.format();
    }

    @Override
    public String queryId() {
      return to.queryId();
    }

    @Override
    public void close() {
      to.close();
      open.removeIf(answer -> answer == this);
    }
  }
}
