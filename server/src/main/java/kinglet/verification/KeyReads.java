// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.feature.FeatureRead;
import kinglet.feature.FeatureReads;
import kinglet.sql.Sql;
import kinglet.type.Bytes;
import tools.jackson.databind.json.JsonMapper;

/// A read of every key of a view as of now, in a table of its own until all are compared.
final class KeyReads {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BATCH_BYTES = 8 << 20;

  private final ClickHouse clickHouse;
  private final FeatureReads features;
  private final Workspace workspace;
  private final String view;
  private final String table;
  private final long startMicros;

  private KeyReads(
      ClickHouse clickHouse,
      FeatureReads features,
      Workspace workspace,
      String view,
      String table,
      long startMicros) {
    this.clickHouse = clickHouse;
    this.features = features;
    this.workspace = workspace;
    this.view = view;
    this.table = table;
    this.startMicros = startMicros;
  }

  /// Hears of each key, and may end it by throwing.
  ///
  /// @param id of the job, whose table it is
  static KeyReads of(
      ClickHouse clickHouse,
      FeatureReads features,
      Workspace workspace,
      String view,
      String id,
      Runnable turn) {
    KeyReads reads = again(clickHouse, features, workspace, view, id, features.nowMicros());
    drop(clickHouse, id);
    reads.execute(
        "CREATE TABLE "
            + reads.sqlName()
            + " (read_at DateTime64(6, 'UTC'), version UInt32, journal_seq UInt64, later_seq"
            + " UInt64, key Array(String), status LowCardinality(String), features"
            + " Array(LowCardinality(String)), values Array(String)) ENGINE = MergeTree ORDER BY"
            + " journal_seq");
    reads.read(turn);
    return reads;
  }

  /// Those that were made before.
  ///
  /// @param startMicros before the first of them
  static KeyReads again(
      ClickHouse clickHouse,
      FeatureReads features,
      Workspace workspace,
      String view,
      String id,
      long startMicros) {
    return new KeyReads(clickHouse, features, workspace, view, table(id), startMicros);
  }

  private static String table(String id) {
    return "__verified_" + id.replace("-", "");
  }

  /// Drops what a job read.
  static void drop(ClickHouse clickHouse, String id) {
    clickHouse.execute(
        Statement.of(
            Role.ADMIN,
            "DROP TABLE IF EXISTS " + Sql.quote(ServiceDataSource.DATABASE, table(id)) + " SYNC"));
  }

  private void read(Runnable turn) {
    Bytes batch = new Bytes(1 << 16);
    features.readAll(
        workspace,
        view,
        read -> {
          turn.run();
          byte[] row = JSON.writeValueAsBytes(row(read));
          batch.put(row, 0, row.length);
          batch.putByte('\n');
          if (batch.size() >= BATCH_BYTES) {
            insert(batch);
          }
        });
    if (batch.size() > 0) {
      insert(batch);
    }
  }

  private void insert(Bytes batch) {
    long _ =
        clickHouse.insert(
            InsertTarget.of(ServiceDataSource.DATABASE, table, List.of(), "JSONEachRow"),
            InsertBody.of(batch.toArray()));
    batch.clear();
  }

  private static Map<String, Object> row(FeatureRead read) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("read_at", ServedReads.Read.of(read).readAt().replace('T', ' ').replace("Z", ""));
    row.put("version", read.version());
    row.put("journal_seq", read.journalSeq());
    row.put("later_seq", read.laterSeq());
    row.put("key", read.key());
    row.put("status", read.status());
    row.put("features", read.features());
    row.put("values", read.values());
    return row;
  }

  /// Where they stand, as SQL that follows FROM and has a condition.
  String rows() {
    return sqlName() + " WHERE 1";
  }

  /// Before the first of them.
  long startMicros() {
    return startMicros;
  }

  /// What is served of a key that none of them has.
  FeatureRead again(List<String> key) {
    return features.read(workspace, view, key);
  }

  private String sqlName() {
    return Sql.quote(ServiceDataSource.DATABASE, table);
  }

  private void execute(String sql) {
    clickHouse.execute(Statement.of(Role.ADMIN, sql));
  }
}
