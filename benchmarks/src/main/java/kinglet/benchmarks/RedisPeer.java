// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Redis as Debian installs it, and one connection to it; owned by one thread.
final class RedisPeer implements AutoCloseable {
  static final String INSTALL = "Redis is not installed: apt install redis-server";

  private final Program program;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final int port;

  private RedisPeer(Program program, int port) throws IOException {
    this.program = program;
    this.port = port;
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
  }

  /// Starts it, where it is installed.
  ///
  /// @param durable whether each write is on disk when it is answered
  static Optional<RedisPeer> start(Path directory, boolean durable) throws IOException {
    Optional<Path> installed = Program.find("redis-server");
    if (installed.isEmpty()) {
      return Optional.empty();
    }
    int port = Program.freePort();
    List<String> command =
        List.of(
            installed.get().toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--save",
            "",
            "--appendonly",
            durable ? "yes" : "no",
            "--appendfsync",
            "always");
    return Optional.of(new RedisPeer(Program.start(command, directory, port), port));
  }

  int port() {
    return port;
  }

  /// A command as it is sent.
  static byte[] command(List<String> words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ascii("*" + words.size() + "\r\n"));
    for (String word : words) {
      byte[] text = word.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ascii("$" + text.length + "\r\n"));
      bytes.writeBytes(text);
      bytes.writeBytes(ascii("\r\n"));
    }
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Sends a command whose answer is read later, by [#read].
  void send(List<String> words) throws IOException {
    out.write(command(words));
  }

  List<@Nullable String> call(String... words) throws IOException {
    send(List.of(words));
    return read();
  }

  /// The next answer: its strings, one after the other; a missing one is null.
  List<@Nullable String> read() throws IOException {
    out.flush();
    List<@Nullable String> strings = new ArrayList<>();
    int open = 1;
    while (open > 0) {
      String line = line();
      open--;
      String rest = line.substring(1);
      switch (line.charAt(0)) {
        case '*' -> open += Integer.parseInt(rest);
        case '$' -> strings.add(string(Integer.parseInt(rest)));
        case '-' -> throw new IOException("Redis: " + rest);
        default -> strings.add(rest);
      }
    }
    return strings;
  }

  private @Nullable String string(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    in.skipNBytes(2);
    return text;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("Redis closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /// The bytes that its data takes.
  long usedMemory() throws IOException {
    for (String answer : call("INFO", "memory")) {
      for (String line : String.valueOf(answer).split("\r\n", -1)) {
        if (line.startsWith("used_memory:")) {
          return Long.parseLong(line.substring("used_memory:".length()));
        }
      }
    }
    throw new IOException("Redis does not say its memory");
  }

  /// Ends it as a crash does.
  void kill() throws IOException {
    program.kill();
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    program.close();
  }
}
