// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// One client's connection: requests one after the other, HTTP/1.1 with keep-alive.
///
/// Owned by one platform thread. While a statement runs and nothing of the answer is sent, the
/// [DisconnectWatch] may look whether the client is still there.
final class HttpConnection implements AutoCloseable {
  private static final int HEAD_BYTES_MAX = 2 << 20;
  private static final int DRAIN_BYTES_MAX = 1 << 20;
  private static final int IDLE_MILLIS = 120_000;
  private static final int LINGER_MILLIS = 1_000;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Socket socket;
  private final PushbackInputStream in;
  private final OutputStream out;
  private boolean answerBegun;
  private boolean keepAlive = true;

  HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(IDLE_MILLIS);
    in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES), 1);
    out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
  }

  /// Answers requests.
  @FunctionalInterface
  interface Handler {
    void handle(HttpRequest request, HttpConnection connection) throws IOException;
  }

  /// Serves until the client leaves or an answer had to be cut.
  void serve(Handler handler) throws IOException {
    while (keepAlive) {
      String head = readHead();
      if (head.isEmpty()) {
        return;
      }
      answerBegun = false;
      HttpRequest request;
      try {
        request = parse(head);
        handler.handle(request, this);
      } catch (HttpFailure e) {
        keepAlive = false;
        if (!answerBegun) {
          send(e.status(), Map.of(), (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return;
      }
      keepAlive = keepAlive && request.body().skip(DRAIN_BYTES_MAX) < DRAIN_BYTES_MAX;
    }
  }

  /// The request's line and headers, empty when the client left.
  private String readHead() throws IOException {
    StringBuilder head = new StringBuilder(512);
    int matched = 0;
    while (matched < 2) {
      int value;
      try {
        value = in.read();
      } catch (SocketTimeoutException _) {
        return "";
      }
      if (value < 0) {
        return "";
      }
      if (head.length() >= HEAD_BYTES_MAX) {
        throw new IOException("the request's head is too long");
      }
      if (value == '\n') {
        matched++;
      } else if (value != '\r') {
        matched = 0;
      }
      head.append((char) value);
    }
    return head.toString();
  }

  private HttpRequest parse(String head) throws IOException {
    String[] lines = head.split("\r?\n");
    String[] parts = lines[0].split(" ");
    if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
      throw new HttpFailure(400, "this is no HTTP/1.1 request");
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    keepAlive =
        parts[2].equals("HTTP/1.1")
            && !"close".equalsIgnoreCase(headers.getOrDefault("connection", ""));
    if ("100-continue".equalsIgnoreCase(headers.getOrDefault("expect", ""))) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    int question = parts[1].indexOf('?');
    return new HttpRequest(
        parts[0],
        question < 0 ? parts[1] : parts[1].substring(0, question),
        HttpRequest.parameters(parts[1]),
        headers,
        body(headers));
  }

  private HttpBody body(Map<String, String> headers) {
    if ("chunked".equalsIgnoreCase(headers.getOrDefault("transfer-encoding", ""))) {
      return HttpBody.chunked(in);
    }
    try {
      return HttpBody.sized(in, Long.parseLong(headers.getOrDefault("content-length", "0")));
    } catch (NumberFormatException _) {
      throw new HttpFailure(400, "Content-Length is not a number");
    }
  }

  /// Sends a whole answer.
  void send(int status, Map<String, String> headers, byte[] body) throws IOException {
    begin(status, headers, "Content-Length: " + body.length);
    out.write(body);
    out.flush();
  }

  /// Begins an answer of unknown length; the stream ends it when it is closed.
  OutputStream stream(int status, Map<String, String> headers) throws IOException {
    begin(status, headers, "Transfer-Encoding: chunked");
    return new ChunkedStream();
  }

  /// Ends the connection after what was sent so far, so that a begun answer is seen to be cut. The
  /// client gets a moment to read it all and to leave first: a reset could cost it the last bytes.
  void cut() throws IOException {
    keepAlive = false;
    out.flush();
    socket.setSoTimeout(LINGER_MILLIS);
    try {
      int unused = in.read();
    } catch (SocketTimeoutException _) {
      return;
    }
  }

  private void begin(int status, Map<String, String> headers, String length) throws IOException {
    answerBegun = true;
    StringBuilder head = new StringBuilder(512);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append(length).append("\r\n");
    if (!keepAlive) {
      head.append("Connection: close\r\n");
    }
    head.append("\r\n");
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String reason(int status) {
    return status == 200 ? "OK" : "Error";
  }

  /// Whether the client closed its side. Waits about a millisecond; only while the owner does not
  /// read.
  boolean clientGone() {
    try {
      socket.setSoTimeout(1);
      try {
        int value = in.read();
        if (value < 0) {
          return true;
        }
        in.unread(value);
        return false;
      } catch (SocketTimeoutException _) {
        return false;
      } finally {
        socket.setSoTimeout(IDLE_MILLIS);
      }
    } catch (IOException _) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /// HTTP's chunked coding; each write is one chunk.
  private final class ChunkedStream extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      if (length > 0) {
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(from, offset, length);
        out.write('\r');
        out.write('\n');
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }
}
