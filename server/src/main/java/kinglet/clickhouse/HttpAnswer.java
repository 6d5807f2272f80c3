// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// An answer over HTTP.
///
/// A server that fails after the first byte writes its message between two marks at the very end of
/// the body and cuts the connection; the marks carry a tag announced in a header.
final class HttpAnswer implements Answer {
  private final HttpResponse response;
  private final String queryId;
  private final InputStream body;

  HttpAnswer(HttpResponse response, String queryId) {
    this.response = response;
    this.queryId = header("X-ClickHouse-Query-Id").orElse(queryId);
    this.body =
        new TailWatchingStream(response.body(), header("X-ClickHouse-Exception-Tag").orElse(null));
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public Summary summary() {
    return header("X-ClickHouse-Summary").map(Summary::parse).orElse(Summary.NONE);
  }

  @Override
  public String format() {
    return header("X-ClickHouse-Format").orElse("");
  }

  @Override
  public String queryId() {
    return queryId;
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException _) {
      // A connection that cannot be closed is closed already.
      return;
    }
  }

  private Optional<String> header(String name) {
    return response.header(name);
  }

  /// Keeps the last bytes that went by, to find the message when the body breaks.
  private static final class TailWatchingStream extends FilterInputStream {
    private static final int TAIL_BYTES = 1 << 14;
    private static final String MARK = "__exception__";
    private static final byte[] CLOSE = (MARK + "\r\n").getBytes(StandardCharsets.US_ASCII);

    private final @Nullable String tag;
    private byte[] tail = new byte[0];

    TailWatchingStream(InputStream in, @Nullable String tag) {
      super(in);
      this.tag = tag;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int count = read(one, 0, 1);
      return count < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (tailIsClosed()) {
        PlatformException reported = reportedInTail();
        if (reported != null) {
          throw reported;
        }
      }
      int count;
      try {
        count = super.read(into, offset, length);
      } catch (IOException e) {
        PlatformException reported = reportedInTail();
        if (reported != null) {
          throw reported;
        }
        throw e;
      }
      if (count < 0) {
        PlatformException reported = reportedInTail();
        if (reported != null) {
          throw reported;
        }
      } else if (tag != null) {
        keep(into, offset, count);
      }
      return count;
    }

    private void keep(byte[] from, int offset, int count) {
      int kept = Math.min(tail.length, Math.max(0, TAIL_BYTES - count));
      int fresh = Math.min(count, TAIL_BYTES);
      byte[] next = new byte[kept + fresh];
      System.arraycopy(tail, tail.length - kept, next, 0, kept);
      System.arraycopy(from, offset + count - fresh, next, kept, fresh);
      tail = next;
    }

    /// Whether the last bytes so far are the closing mark: what follows is the cut.
    private boolean tailIsClosed() {
      return tail.length >= CLOSE.length
          && Arrays.equals(tail, tail.length - CLOSE.length, tail.length, CLOSE, 0, CLOSE.length);
    }

    private @Nullable PlatformException reportedInTail() {
      if (tag == null) {
        return null;
      }
      String text = new String(tail, StandardCharsets.UTF_8);
      String open = MARK + "\r\n" + tag + "\r\n";
      int end = text.lastIndexOf(MARK);
      int start = text.lastIndexOf(open);
      if (start < 0 || end <= start) {
        return null;
      }
      String inside = text.substring(start + open.length(), end);
      int sizeLine = inside.stripTrailing().lastIndexOf('\n');
      return Failures.reportedLate(sizeLine < 0 ? inside : inside.substring(0, sizeLine));
    }
  }
}
