// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One kept-alive connection to a server, plain or TLS; used by one call at a time.
///
/// Blocking code for virtual threads: an interrupt closes the channel and so ends the call.
final class HttpConnection implements AutoCloseable {
  private final URI base;
  private final SocketChannel channel;
  private final Socket socket;
  private final HttpInput input;
  private final OutputStream output;

  /// When the current wait for bytes ends, by the nanosecond clock.
  private long readUntilNanos;

  /// How long each read may wait once the body has begun.
  private long stallNanos;

  private boolean inBody;

  /// When the read or write under way must be over, by the nanosecond clock; 0 while there is none.
  private volatile long underWayUntilNanos;

  private volatile boolean stalled;
  private long idleSinceNanos;

  private HttpConnection(URI base, SocketChannel channel, Socket socket) throws IOException {
    this.base = base;
    this.channel = channel;
    this.socket = socket;
    this.input = new HttpInput(new TimedInput(socket.getInputStream()));
    this.output = socket.getOutputStream();
  }

  static HttpConnection open(URI base, Supplier<SSLSocketFactory> tls, Duration atMost)
      throws IOException {
    boolean secure = base.getScheme().equals("https");
    int port = base.getPort() < 0 ? (secure ? 443 : 80) : base.getPort();
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Socket plain = channel.socket();
      int millis = (int) atMost.toMillis();
      connect(plain, new InetSocketAddress(base.getHost(), port), millis);
      plain.setSoTimeout(millis);
      Socket ready = secure ? secured(plain, base.getHost(), port, tls) : plain;
      plain.setSoTimeout(0);
      return new HttpConnection(base, channel, ready);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void connect(Socket socket, InetSocketAddress address, int millis)
      throws IOException {
    if (address.isUnresolved()) {
      throw new ConnectException("the host " + address.getHostString() + " is not known");
    }
    try {
      socket.connect(address, millis);
    } catch (SocketTimeoutException e) {
      ConnectException failure = new ConnectException("no connection within " + millis + " ms");
      failure.initCause(e);
      throw failure;
    }
  }

  private static Socket secured(Socket plain, String host, int port, Supplier<SSLSocketFactory> tls)
      throws IOException {
    SSLSocket socket = (SSLSocket) tls.get().createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /// Says how long the next call may take until its answer begins, and how long its body may stand
  /// still.
  void begin(Duration answerMax, Duration stallMax) {
    readUntilNanos = System.nanoTime() + answerMax.toNanos();
    stallNanos = stallMax.toNanos();
    inBody = false;
  }

  /// Where the request goes; a write that takes longer than the call may is cut.
  Output output() {
    return new Output();
  }

  /// Reads the answer's head; from here on the limit is that of a body that stands still.
  HttpHead head() throws IOException {
    HttpHead head = HttpHead.read(input);
    inBody = true;
    return head;
  }

  HttpBody body(HttpHead head) throws IOException {
    return HttpBody.of(head, input);
  }

  /// Closes the connection when a read or write takes too long. Nobody waits with a timeout of his
  /// own: each such wait would wake the thread that keeps time, once more than the answer does.
  void closeIfStalled(long nowNanos) {
    long until = underWayUntilNanos;
    if (until != 0 && nowNanos - until > 0) {
      stalled = true;
      close();
    }
  }

  void idleSince(long nowNanos) {
    idleSinceNanos = nowNanos;
  }

  long idleNanos(long nowNanos) {
    return nowNanos - idleSinceNanos;
  }

  /// Whether it leads there and the server has neither left nor said anything unasked.
  boolean usableFor(URI wanted) {
    if (!base.equals(wanted) || input.hasRest()) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      int read = channel.read(ByteBuffer.allocate(1));
      channel.configureBlocking(true);
      return read == 0;
    } catch (IOException _) {
      return false;
    }
  }

  /// Closes at once, whoever reads or writes; the server ends what it does for this connection.
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // A connection that cannot be closed is closed already.
      return;
    }
  }

  private final class TimedInput extends InputStream {
    private final InputStream in;

    TimedInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      long now = System.nanoTime();
      long until = inBody ? now + stallNanos : readUntilNanos;
      if (until - now <= 0) {
        throw new SocketTimeoutException("the answer did not begin in time");
      }
      underWayUntilNanos = until | 1;
      try {
        return in.read(into, offset, length);
      } catch (IOException e) {
        if (stalled) {
          throw new SocketTimeoutException("the server sent no more bytes");
        }
        throw e;
      } finally {
        underWayUntilNanos = 0;
      }
    }
  }

  /// The way to the server for one request.
  final class Output extends OutputStream {
    private boolean broken;

    /// Whether a write failed because of the connection, which the server may have explained.
    boolean broken() {
      return broken && !stalled;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      underWayUntilNanos = readUntilNanos | 1;
      try {
        output.write(from, offset, length);
      } catch (IOException e) {
        broken = true;
        if (stalled) {
          throw new SocketTimeoutException("the server took no more bytes");
        }
        throw e;
      } finally {
        underWayUntilNanos = 0;
      }
    }
  }
}
