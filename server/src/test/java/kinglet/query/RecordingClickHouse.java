// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Statement;

/// The engine, and a list of what was asked of it.
final class RecordingClickHouse implements ClickHouse {
  private final ClickHouse engine;
  private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();

  RecordingClickHouse(ClickHouse engine) {
    this.engine = engine;
  }

  /// What was sent that could run anything.
  long executed() {
    return statements.stream().filter(one -> !one.sql().startsWith("EXPLAIN AST ")).count();
  }

  long asked() {
    return statements.stream().filter(one -> one.sql().startsWith("EXPLAIN AST ")).count();
  }

  void forget() {
    statements.clear();
  }

  @Override
  public Answer query(Statement statement) {
    statements.add(statement);
    return engine.query(statement);
  }

  @Override
  public String text(Statement statement) {
    statements.add(statement);
    return engine.text(statement);
  }

  @Override
  public void execute(Statement statement) {
    statements.add(statement);
    engine.execute(statement);
  }

  @Override
  public long insert(InsertTarget target, InsertBody body) {
    return engine.insert(target, body);
  }

  @Override
  public void cancel(String queryId) {
    engine.cancel(queryId);
  }

  @Override
  public boolean ping() {
    return engine.ping();
  }
}
