// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.io.InputStream;
import kinglet.clickhouse.Summary;

/// The bytes of an answer on their way; closing it early cancels the query.
///
/// Reading the body fails with a platform failure when the query fails after its first byte; the
/// answer is then cut short.
public interface QueryAnswer extends AutoCloseable {
  InputStream body();

  AnswerFormat format();

  /// What was read and counted, as far as it is known when the answer begins; also after its end.
  Summary summary();

  @Override
  void close();
}
