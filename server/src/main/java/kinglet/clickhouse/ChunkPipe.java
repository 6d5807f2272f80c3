// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Hands bytes from one thread, which writes, to another, which reads; bounded.
///
/// A writer that fails makes the reader fail; a reader that goes away makes the writer fail.
final class ChunkPipe {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final int CHUNKS_MAX = 16;
  private static final long PROGRESS_TIMEOUT_SECONDS = 60;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_MAX);
  private final InputStream source = new Source();
  private final OutputStream sink = new Sink();
  private volatile boolean readerGone;
  private volatile @Nullable Throwable writerFailure;

  InputStream source() {
    return source;
  }

  OutputStream sink() {
    return sink;
  }

  /// The writer gives up; the reader fails with this cause.
  void fail(Throwable cause) {
    writerFailure = cause;
    chunks.clear();
    boolean unused = chunks.offer(END);
  }

  /// The reader has no more use for bytes.
  void abandon() {
    readerGone = true;
    chunks.clear();
  }

  private void put(byte[] chunk) throws IOException {
    try {
      if (readerGone || !chunks.offer(chunk, PROGRESS_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("nobody reads the rows any more");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while handing on rows");
    }
  }

  private final class Sink extends OutputStream {
    private byte[] chunk = new byte[CHUNK_BYTES];
    private int size;

    @Override
    public void write(int value) throws IOException {
      if (size == CHUNK_BYTES) {
        flush();
      }
      chunk[size++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      int at = offset;
      int end = offset + length;
      while (at < end) {
        if (size == CHUNK_BYTES) {
          flush();
        }
        int count = Math.min(end - at, CHUNK_BYTES - size);
        System.arraycopy(from, at, chunk, size, count);
        size += count;
        at += count;
      }
    }

    @Override
    public void flush() throws IOException {
      if (size > 0) {
        put(size == CHUNK_BYTES ? chunk : Arrays.copyOf(chunk, size));
        chunk = new byte[CHUNK_BYTES];
        size = 0;
      }
    }

    @Override
    public void close() throws IOException {
      flush();
      put(END);
    }
  }

  private final class Source extends InputStream {
    private byte[] current = END;
    private int at;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (at == current.length && !next()) {
        return -1;
      }
      int count = Math.min(length, current.length - at);
      System.arraycopy(current, at, into, offset, count);
      at += count;
      return count;
    }

    private boolean next() throws IOException {
      if (ended) {
        return false;
      }
      byte[] chunk;
      try {
        chunk = chunks.poll(PROGRESS_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for rows");
      }
      Throwable failure = writerFailure;
      if (failure != null || chunk == null) {
        throw new IOException("the rows could not be written", failure);
      }
      current = chunk;
      at = 0;
      ended = chunk == END;
      return !ended;
    }

    @Override
    public void close() {
      abandon();
    }
  }
}
