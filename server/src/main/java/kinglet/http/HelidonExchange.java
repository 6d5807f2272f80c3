// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import io.helidon.common.socket.PeerInfo;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// An [Exchange] over Helidon's request and response.
final class HelidonExchange implements Exchange {
  private static final int CHUNK_BYTES = 64 * 1024;

  /// Most answers are shorter: making room for a chunk costs more than copying the start of one.
  private static final int SHORT_BYTES = 8 * 1024;

  /// A body longer than this is not read to its end for the sake of the connection.
  private static final long UNREAD_BYTES_MAX = 32L * 1024 * 1024;

  /// The names of our headers, which Helidon would read and check again each time.
  private static final Map<String, HeaderName> NAMES = new ConcurrentHashMap<>();

  private final ServerRequest request;
  private final ServerResponse response;
  private final String requestId;
  private final ClientWatch watch;
  private Map<String, String> segments = Map.of();
  private @Nullable Parameters query;
  private @Nullable InputStream body;
  private boolean responded;

  HelidonExchange(
      ServerRequest request, ServerResponse response, String requestId, ClientWatch watch) {
    this.request = request;
    this.response = response;
    this.requestId = requestId;
    this.watch = watch;
  }

  void matched(Map<String, String> pathSegments) {
    this.segments = pathSegments;
  }

  @Override
  public String method() {
    return request.prologue().method().text();
  }

  @Override
  public String path() {
    return request.path().rawPathNoParams();
  }

  @Override
  public String segment(String name) {
    String value = segments.get(name);
    if (value == null) {
      throw new IllegalStateException("the route's pattern has no {" + name + "}");
    }
    return value;
  }

  @Override
  public Parameters query() {
    Parameters known = query;
    if (known == null) {
      known = Parameters.parse(request.query().rawValue());
      query = known;
    }
    return known;
  }

  @Override
  public Optional<String> header(String name) {
    ServerRequestHeaders headers = request.headers();
    HeaderName wanted = name(name);
    return headers.contains(wanted) ? Optional.of(headers.get(wanted).get()) : Optional.empty();
  }

  private static HeaderName name(String text) {
    return NAMES.computeIfAbsent(text, HeaderNames::create);
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public boolean fromLoopback() {
    PeerInfo peer = request.remotePeer();
    return peer.address() instanceof InetSocketAddress address
        && address.getAddress().isLoopbackAddress();
  }

  @Override
  public String origin() {
    return (request.isSecure() ? "https://" : "http://") + request.authority();
  }

  @Override
  public InputStream body() {
    InputStream known = body;
    if (known == null) {
      known =
          request.content().hasEntity()
              ? request.content().inputStream()
              : InputStream.nullInputStream();
      body = known;
    }
    return known;
  }

  @Override
  public long contentLength() {
    OptionalLong length = request.headers().contentLength();
    return length.isPresent() ? length.getAsLong() : -1;
  }

  @Override
  public void answerHeader(String name, String value) {
    response.header(name(name), value);
  }

  @Override
  public void respond(int status, String contentType, byte[] body) {
    takeRestOfBody();
    responded = true;
    response.status(status);
    if (!contentType.isEmpty()) {
      response.header(HeaderNames.CONTENT_TYPE, contentType);
    }
    try {
      if (method().equals("HEAD")) {
        response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
        response.send();
      } else if (body.length == 0) {
        response.send();
      } else {
        response.send(body);
      }
    } catch (ServerConnectionException | UncheckedIOException e) {
      throw new ClientGone(e);
    }
  }

  @Override
  public void stream(int status, String contentType, InputStream body) {
    byte[] chunk = new byte[SHORT_BYTES];
    int filled = read(body, chunk, 0);
    if (filled == chunk.length) {
      chunk = Arrays.copyOf(chunk, CHUNK_BYTES);
      filled = read(body, chunk, filled);
    }
    if (filled < chunk.length || method().equals("HEAD")) {
      respond(status, contentType, Arrays.copyOf(chunk, filled));
      return;
    }
    takeRestOfBody();
    responded = true;
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    OutputStream out = response.outputStream();
    while (filled > 0) {
      write(out, chunk, filled);
      filled = read(body, chunk, 0);
    }
    close(out);
  }

  @Override
  public void whileClientWaits(Runnable answer) {
    ClientLine line = WatchedHttp1.line();
    try {
      watch.whileWaiting(line, answer);
    } catch (PlatformException e) {
      throw line.gone() ? new ClientGone(e) : e;
    }
  }

  @Override
  public boolean responded() {
    return responded;
  }

  /// Closes the connection without the end of the answer, the only honest sign left.
  void cut() {
    throw new CloseConnectionException("answer cut");
  }

  /// Reads what a route left of the body, so that the connection can carry the next request.
  private void takeRestOfBody() {
    try {
      // Nearly always there is nothing left, and skipping makes room to read into before it looks.
      if (body().read() >= 0 && body().skip(UNREAD_BYTES_MAX) >= UNREAD_BYTES_MAX) {
        response.header(HeaderNames.CONNECTION, "close");
      }
    } catch (IOException | UncheckedIOException e) {
      response.header(HeaderNames.CONNECTION, "close");
    }
  }

  /// Fills `chunk` as far as the stream goes; answers how far that is.
  private static int read(InputStream body, byte[] chunk, int filled) {
    try {
      return filled + body.readNBytes(chunk, filled, chunk.length - filled);
    } catch (IOException e) {
      throw new PlatformException(HttpError.INTERNAL_ERROR, "the answer broke off", e);
    }
  }

  private static void write(OutputStream out, byte[] chunk, int length) {
    try {
      out.write(chunk, 0, length);
    } catch (IOException | ServerConnectionException | UncheckedIOException e) {
      throw new ClientGone(e);
    }
  }

  private static void close(OutputStream out) {
    try {
      out.close();
    } catch (IOException | ServerConnectionException | UncheckedIOException e) {
      throw new ClientGone(e);
    }
  }
}
