// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.InputStream;

/// A result on its way; closing it early cancels the query.
///
/// The body fails with an [java.io.IOException] when the connection breaks, and with a platform
/// failure when ClickHouse fails after the first byte.
public interface Answer extends AutoCloseable {
  InputStream body();

  /// What was counted when the answer began; complete for small answers.
  Summary summary();

  /// The name of the format ClickHouse answered in, such as `JSON`.
  String format();

  String queryId();

  @Override
  void close();
}
