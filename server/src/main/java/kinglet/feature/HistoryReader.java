// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.feature.row.EventRows;
import kinglet.feature.row.RowShape;
import kinglet.feature.row.StoredRows;
import kinglet.sql.Sql;
import kinglet.type.Column;
import kinglet.type.DataType;

/// Reads the rows of data sources that ClickHouse has, in the order of their numbers. Safe from any
/// thread.
final class HistoryReader {
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final ClickHouse clickHouse;
  private final Catalog catalog;
  private final CompletableFuture<Void> engineRuns = new CompletableFuture<>();

  HistoryReader(ClickHouse clickHouse, Catalog catalog) {
    this.clickHouse = clickHouse;
    this.catalog = catalog;
  }

  /// Done when there is somebody to ask.
  CompletableFuture<Void> engineRuns() {
    return engineRuns;
  }

  /// Takes rows as they come.
  @FunctionalInterface
  interface Taker {
    void take(CatchUp.Part part, EventRows row) throws InterruptedException;
  }

  /// Hands on what each part has not, until a sequence number.
  void read(List<CatchUp.Part> parts, long throughSeq, Taker taker) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    try {
      List<CatchUp.Part> read = new ArrayList<>();
      List<StoredRows> rows = new ArrayList<>();
      for (CatchUp.Part part : parts) {
        Optional<DataSource> source = catalog.dataSource(part.view().dataSourceId());
        if (source.isPresent()) {
          Answer answer = clickHouse.query(statement(part, source.get(), throughSeq));
          answers.add(answer);
          read.add(part);
          rows.add(new StoredRows(answer.body(), part.view().program().rows()));
        }
      }
      merge(read, rows, taker);
    } catch (UncheckedIOException e) {
      // The engine died over it.
      throw new PlatformException(
          ClickHouseError.ENGINE_UNAVAILABLE, "the history can't be read: " + e.getMessage(), e);
    } finally {
      answers.forEach(Answer::close);
    }
  }

  private static void merge(List<CatchUp.Part> parts, List<StoredRows> stored, Taker taker)
      throws InterruptedException {
    boolean[] left = new boolean[stored.size()];
    for (int i = 0; i < left.length; i++) {
      left[i] = stored.get(i).next();
    }
    int next = first(stored, left);
    while (next >= 0) {
      StoredRows row = stored.get(next);
      taker.take(parts.get(next), row);
      left[next] = row.next();
      next = first(stored, left);
    }
  }

  /// The source whose row comes next; -1 after the last.
  private static int first(List<StoredRows> stored, boolean[] left) {
    int first = -1;
    for (int i = 0; i < left.length; i++) {
      if (left[i] && (first < 0 || stored.get(i).seq() < stored.get(first).seq())) {
        first = i;
      }
    }
    return first;
  }

  private static Statement statement(CatchUp.Part part, DataSource source, long throughSeq) {
    return Statement.of(Role.ADMIN, sql(part, source, throughSeq))
        .withFormat("Native")
        .withSetting("max_execution_time", "0")
        .withTimeout(TIMEOUT);
  }

  private static String sql(CatchUp.Part part, DataSource source, long throughSeq) {
    return "SELECT __seq, toUnixTimestamp64Micro(__ingested_at)"
        + columns(part.view().program().rows())
        + " FROM "
        + source.sqlName()
        + " WHERE __seq > "
        + part.feed().passedSeq()
        + " AND __seq <= "
        + throughSeq
        + " ORDER BY __seq";
  }

  /// The columns that [StoredRows] reads, as SQL that follows others.
  static String columns(RowShape shape) {
    return Arrays.stream(StoredRows.columns(shape))
        .mapToObj(place -> ", " + column(shape.schema().column(place)))
        .collect(Collectors.joining());
  }

  /// A column as it travels.
  private static String column(Column column) {
    String name = Sql.quote(column.name());
    DataType wire = column.type().wire();
    return wire.equals(column.type())
        ? name
        : "CAST(" + name + ", " + Sql.literal(wire.sql()) + ")";
  }
}
