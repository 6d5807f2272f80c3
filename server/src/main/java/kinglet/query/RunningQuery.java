// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.Summary;
import kinglet.error.PlatformException;

/// An answer of the engine, handed on as it comes, counted against the limit.
final class RunningQuery implements QueryAnswer {
  private final Answer answer;
  private final AnswerFormat format;
  private final InputStream body;
  private final Runnable atEnd;
  private final AtomicBoolean closed = new AtomicBoolean();

  RunningQuery(
      Answer answer,
      AnswerFormat format,
      long bytesMax,
      UnaryOperator<PlatformException> failures,
      Runnable atEnd) {
    this.answer = answer;
    this.format = format;
    this.body = new Counted(answer.body(), bytesMax, failures);
    this.atEnd = atEnd;
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public AnswerFormat format() {
    return format;
  }

  @Override
  public Summary summary() {
    return answer.summary();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        answer.close();
      } finally {
        atEnd.run();
      }
    }
  }

  private static final class Counted extends FilterInputStream {
    private final UnaryOperator<PlatformException> failures;
    private long left;

    Counted(InputStream in, long bytesMax, UnaryOperator<PlatformException> failures) {
      super(in);
      this.left = bytesMax;
      this.failures = failures;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read;
      try {
        read = in.read(bytes, offset, length);
      } catch (PlatformException e) {
        throw failures.apply(e);
      }
      left -= Math.max(0, read);
      if (left < 0) {
        throw new PlatformException(
            QueryError.RESULT_TOO_LARGE,
            "[Error] The result is larger than it may be; ask for fewer rows or columns");
      }
      return read;
    }
  }
}
