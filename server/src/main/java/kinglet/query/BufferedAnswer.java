// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import kinglet.clickhouse.Summary;

/// A small answer that is all there.
record BufferedAnswer(byte[] bytes, AnswerFormat format) implements QueryAnswer {
  @Override
  public InputStream body() {
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public Summary summary() {
    return Summary.NONE;
  }

  @Override
  public void close() {}
}
