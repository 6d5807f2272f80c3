// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Statement;

/// ClickHouse as a process sees it that ends at a step; the one below outlives it.
record CrashingClickHouse(ClickHouse below, CrashSwitch crash) implements ClickHouse {
  @Override
  public long insert(InsertTarget target, InsertBody body) {
    return crash.step(() -> below.insert(target, body));
  }

  @Override
  public void execute(Statement statement) {
    boolean unused =
        crash.step(() -> {
          below.execute(statement);
          return true;
        });
  }

  @Override
  public Answer query(Statement statement) {
    return below.query(statement);
  }

  @Override
  public String text(Statement statement) {
    return below.text(statement);
  }

  @Override
  public void cancel(String queryId) {
    below.cancel(queryId);
  }

  @Override
  public boolean ping() {
    return below.ping();
  }
}
