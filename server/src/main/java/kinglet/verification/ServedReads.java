// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.feature.FeatureRead;
import kinglet.feature.ViewHistory;
import kinglet.feature.wire.UtcTime;
import kinglet.sql.Sql;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The reads of a view that were written down, in the order of the journal.
final class ServedReads implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofHours(6);

  private final Answer answer;
  private final BufferedReader lines;

  private ServedReads(Answer answer) {
    this.answer = answer;
    this.lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  /// How many reads there are.
  record Count(long all, long ofOtherVersions) {}

  static Count count(ClickHouse clickHouse, String rows, int version) {
    String text =
        clickHouse.text(
            statement("SELECT count(), countIf(version != " + version + ") FROM " + rows, "TSV"));
    String[] fields = text.strip().split("\t", -1);
    return new Count(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
  }

  /// A condition that follows others.
  static String between(Optional<Instant> from, Optional<Instant> to) {
    return from.map(time -> " AND read_at >= " + micros(time)).orElse("")
        + to.map(time -> " AND read_at < " + micros(time)).orElse("");
  }

  private static String micros(Instant time) {
    return "fromUnixTimestamp64Micro("
        + (time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000)
        + ", 'UTC')";
  }

  static Statement statement(String sql, String format) {
    return Statement.of(Role.ADMIN, sql)
        .withSettings(
            Map.of(
                "max_execution_time",
                "0",
                "max_bytes_before_external_sort",
                Long.toString(256L << 20)))
        .withTimeout(TIMEOUT)
        .withFormat(format);
  }

  /// Each column of the key of a view as the type it has in the history, as SQL.
  ///
  /// @param key an array of JSON as SQL
  static List<String> keys(ViewHistory view, String key) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < view.keyTypes().size(); i++) {
      columns.add(key + "[" + (i + 1) + "]");
    }
    return typed(view, columns);
  }

  private static List<String> typed(ViewHistory view, List<String> jsons) {
    List<String> keys = new ArrayList<>();
    List<DataType> types = view.keyTypes();
    for (int i = 0; i < types.size(); i++) {
      String json = jsons.get(i);
      keys.add(
          "CAST(if("
              + json
              + " = 'null', NULL, if(startsWith("
              + json
              + ", '\"'), JSONExtractString("
              + json
              + "), "
              + json
              + ")), "
              + Sql.literal(new DataType.NullableOf(types.get(i)).sql())
              + ")");
    }
    return keys;
  }

  /// Which reads are looked at.
  ///
  /// @param rows where they stand, as SQL that follows FROM and has a condition
  /// @param throughSeq until where the history is read; none of them saw more
  record Wanted(String rows, ViewHistory view, long throughSeq) {
    /// Those that were written down when they were served.
    static Wanted logged(
        Workspace workspace,
        ViewHistory view,
        Optional<Instant> from,
        Optional<Instant> to,
        long throughSeq) {
      String rows =
          ServiceDataSource.FEATURE_READS.rowsOf(workspace.id())
              + " WHERE feature_view = "
              + Sql.literal(view.name())
              + " AND later_seq <= "
              + throughSeq
              + between(from, to);
      return new Wanted(rows, view, throughSeq);
    }

    Count count(ClickHouse clickHouse) {
      return ServedReads.count(clickHouse, rows, view.version());
    }

    /// Those of one share of the entities.
    ServedReads read(ClickHouse clickHouse, int share, int shares) {
      return new ServedReads(
          clickHouse.query(
              statement(
                  "SELECT read_at, toUnixTimestamp64Micro(read_at), journal_seq, later_seq, key,"
                      + " status, features, values FROM "
                      + rows
                      + " AND version = "
                      + view.version()
                      + (shares == 1 ? "" : " AND " + ViewHistory.share(keys(), shares))
                      + (shares == 1 ? "" : " = " + share)
                      + " ORDER BY journal_seq",
                  "JSONCompactEachRow")));
    }

    /// Which rows of the history the keys that were read have, as SQL.
    Optional<String> events() {
      return view.isAmong(keys(), rows + " AND version = " + view.version());
    }

    /// Each column of the key as the type it has in the history.
    private List<String> keys() {
      return ServedReads.keys(view, "key");
    }

    /// The same of one key.
    ///
    /// @param key each column as JSON
    List<String> keys(List<String> key) {
      return typed(view, key.stream().map(Sql::literal).toList());
    }
  }

  /// A read as it was served.
  record Read(
      String readAt,
      long readMicros,
      long journalSeq,
      long laterSeq,
      List<String> key,
      String status,
      List<String> features,
      List<String> values) {
    static Read of(FeatureRead read) {
      return new Read(
          UtcTime.of(read.readMicros()),
          read.readMicros(),
          read.journalSeq(),
          read.laterSeq(),
          read.key(),
          read.status(),
          read.features(),
          read.values());
    }

    private static Read of(JsonNode line) {
      return new Read(
          line.get(0).asString(""),
          line.get(1).asLong(),
          line.get(2).asLong(),
          line.get(3).asLong(),
          texts(line.get(4)),
          line.get(5).asString(""),
          texts(line.get(6)),
          texts(line.get(7)));
    }
  }

  static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>(list.size());
    list.forEach(one -> texts.add(one.asString("")));
    return texts;
  }

  /// The next read; nothing after the last.
  @Nullable Read next() {
    try {
      String line = lines.readLine();
      return line == null ? null : Read.of(JSON.readTree(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    answer.close();
  }
}
