// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// nginx answering the same bytes to each request: what HTTP itself costs here.
final class NginxPeer implements AutoCloseable {
  static final String INSTALL = "nginx is not installed: apt install nginx-light";

  /// The longest word nginx takes in its configuration is 4096 bytes.
  private static final int WORD_CHARS_MAX = 4_000;

  private final Program program;
  private final int port;

  private NginxPeer(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /// Starts it, where it is installed.
  ///
  /// @param answer the body of its answers
  static Optional<NginxPeer> start(Path directory, String answer) throws IOException {
    Optional<Path> installed = Program.find("nginx");
    if (installed.isEmpty()) {
      return Optional.empty();
    }
    int port = Program.freePort();
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(configuration, configuration(directory, port, answer));
    List<String> command =
        List.of(
            installed.get().toString(),
            "-p",
            directory.toString(),
            "-c",
            configuration.toString(),
            "-e",
            directory.resolve("error.log").toString());
    return Optional.of(new NginxPeer(Program.start(command, directory, port), port));
  }

  private static String configuration(Path directory, int port, String answer) {
    StringBuilder parts = new StringBuilder();
    StringBuilder whole = new StringBuilder();
    for (int from = 0, part = 0; from < answer.length(); from += WORD_CHARS_MAX, part++) {
      String text = answer.substring(from, Math.min(answer.length(), from + WORD_CHARS_MAX));
      parts.append("set $part").append(part).append(" '").append(text).append("';\n");
      whole.append("${part").append(part).append('}');
    }
    return """
    daemon off;
    worker_processes auto;
    pid %1$s/nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off;
      keepalive_requests 1000000000;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      default_type application/json;
      server {
        listen 127.0.0.1:%2$d;
        location / {
          %3$s
          return 200 "%4$s";
        }
      }
    }
    """
        .formatted(directory, port, parts, whole);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    program.close();
  }
}
