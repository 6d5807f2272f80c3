// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The pipe through which a running SELECT hands out its bytes, in any format, as they are made.
///
/// libchdb's own streaming formats each block as a document of its own, which is wrong for formats
/// with a head or an end; `INTO OUTFILE` on a pipe gives the one document, with back pressure. The
/// reading end belongs to the request's thread, the writing end to the [QueryJob].
final class ResultPipe implements AutoCloseable {
  private static final int READ_BYTES = 1 << 17;

  private final Libc.Ends ends;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(READ_BYTES);

  private ResultPipe(Libc.Ends ends) {
    this.ends = ends;
  }

  static ResultPipe open() {
    return new ResultPipe(Libc.pipe());
  }

  Libc.Ends ends() {
    return ends;
  }

  /// The next bytes, empty at the end. Blocks until there are some.
  byte[] read() {
    long count = Libc.read(ends.read(), buffer);
    if (count <= 0) {
      return new byte[0];
    }
    byte[] bytes = new byte[(int) count];
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
    return bytes;
  }

  @Override
  public void close() {
    Libc.close(ends.read());
    arena.close();
  }
}
