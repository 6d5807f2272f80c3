// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// An answer whose head has come. The end of its body gives the connection back; closing the body
/// before that ends the connection and what the server does for it. Owned by one thread.
final class HttpResponse {
  private final HttpHead head;
  private final InputStream body;

  private HttpResponse(HttpHead head, InputStream body) {
    this.head = head;
    this.body = body;
  }

  /// Reads the head of the answer that comes next.
  ///
  /// @param sent whether the request was sent to its end
  static HttpResponse read(HttpConnection connection, ConnectionPool pool, boolean sent)
      throws IOException {
    HttpHead head = connection.head();
    HttpBody bytes = connection.body(head);
    Body body = new Body(connection, pool, bytes, sent && !head.says("connection", "close"));
    body.releaseAtEnd();
    return new HttpResponse(head, body);
  }

  int status() {
    return head.status();
  }

  Optional<String> header(String name) {
    return head.header(name);
  }

  InputStream body() {
    return body;
  }

  private static final class Body extends InputStream {
    private final HttpConnection connection;
    private final ConnectionPool pool;
    private final HttpBody bytes;
    private final boolean keepAlive;
    private boolean released;

    Body(HttpConnection connection, ConnectionPool pool, HttpBody bytes, boolean keepAlive) {
      this.connection = connection;
      this.pool = pool;
      this.bytes = bytes;
      this.keepAlive = keepAlive;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (released) {
        if (bytes.ended()) {
          return -1;
        }
        throw new IOException("the answer was closed");
      }
      int count = bytes.read(into, offset, length);
      releaseAtEnd();
      return count;
    }

    private void releaseAtEnd() {
      if (bytes.ended()) {
        released = true;
        if (keepAlive && bytes.delimited()) {
          pool.giveBack(connection);
        } else {
          pool.drop(connection);
        }
      }
    }

    @Override
    public void close() {
      if (!released) {
        released = true;
        pool.drop(connection);
      }
    }
  }
}
