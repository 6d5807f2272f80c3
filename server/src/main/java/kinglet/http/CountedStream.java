// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/// Tells how many bytes are read.
final class CountedStream extends FilterInputStream {
  private final LongConsumer counter;

  CountedStream(InputStream in, LongConsumer counter) {
    super(in);
    this.counter = counter;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    if (read >= 0) {
      counter.accept(1);
    }
    return read;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = super.read(target, offset, length);
    if (read > 0) {
      counter.accept(read);
    }
    return read;
  }
}
