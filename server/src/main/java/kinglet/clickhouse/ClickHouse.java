// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

/// A ClickHouse to talk to, embedded or not; safe from any thread.
///
/// Every method fails with a [kinglet.error.PlatformException] of a [ClickHouseError].
public interface ClickHouse {
  /// Runs a statement and answers as soon as the result begins. The caller closes the answer.
  Answer query(Statement statement);

  /// Runs a statement whose result is small, and answers it as text (default format `TabSeparated`)
  /// without the last line's end.
  String text(Statement statement);

  /// Runs a statement to its end and drops the result.
  void execute(Statement statement);

  /// Inserts as the writer and answers how many rows were written, those of materialized views
  /// included. After a failure some rows may be there: repeat with the same deduplication token.
  long insert(InsertTarget target, InsertBody body);

  /// Asks for the end of a running query; an unknown id is no failure.
  void cancel(String queryId);

  /// Whether the server answers.
  boolean ping();
}
