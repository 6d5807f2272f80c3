// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream that refuses to give more than so many bytes.
final class CappedStream extends FilterInputStream {
  private final long bytesMax;
  private final String what;
  private long given;

  CappedStream(InputStream in, long bytesMax, String what) {
    super(in);
    this.bytesMax = bytesMax;
    this.what = what;
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    if (next >= 0) {
      count(1);
    }
    return next;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, length);
    if (count > 0) {
      count(count);
    }
    return count;
  }

  private void count(int bytes) {
    given += bytes;
    if (given > bytesMax) {
      throw RequestBodies.tooLarge(what + " has more than " + bytesMax + " bytes", bytesMax);
    }
  }
}
