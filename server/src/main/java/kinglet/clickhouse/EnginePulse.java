// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/// Asks the engine's `/ping` over a connection of its own, so that nothing else delays it.
///
/// One object is one question, owned by the asking thread.
final class EnginePulse implements AutoCloseable {
  private static final String AGE_HEADER = "x-kinglet-heartbeat-age-millis:";
  private static final String RUNNING_HEADER = "x-kinglet-running:";
  private static final int HEADERS_MAX = 32;
  private static final byte[] REQUEST =
      "GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress address;
  private final int timeoutMillis;
  private final Socket socket = new Socket();

  private EnginePulse(InetSocketAddress address, Duration timeout) {
    this.address = address;
    this.timeoutMillis = (int) timeout.toMillis();
  }

  /// How long ago, in milliseconds, ClickHouse inside the engine answered; empty when the engine
  /// did not answer in time.
  static OptionalLong heartbeatAgeMillis(URI base, Duration timeout) {
    InetSocketAddress address = new InetSocketAddress(base.getHost(), base.getPort());
    try (EnginePulse pulse = new EnginePulse(address, timeout)) {
      return OptionalLong.of(pulse.ask(AGE_HEADER));
    } catch (IOException _) {
      return OptionalLong.empty();
    }
  }

  /// How many statements run or wait in the engine, 0 when it does not answer in time.
  static long running(URI base, Duration timeout) {
    InetSocketAddress address = new InetSocketAddress(base.getHost(), base.getPort());
    try (EnginePulse pulse = new EnginePulse(address, timeout)) {
      return pulse.ask(RUNNING_HEADER);
    } catch (IOException _) {
      return 0;
    }
  }

  private long ask(String header) throws IOException {
    socket.setTcpNoDelay(true);
    socket.connect(address, timeoutMillis);
    socket.setSoTimeout(timeoutMillis);
    socket.getOutputStream().write(REQUEST);
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    for (int i = 0; i < HEADERS_MAX; i++) {
      String line = reader.readLine();
      if (line == null || line.isEmpty()) {
        break;
      }
      if (line.toLowerCase(Locale.ROOT).startsWith(header)) {
        return Long.parseLong(line.substring(header.length()).strip());
      }
    }
    throw new IOException("this is no engine's ping");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
