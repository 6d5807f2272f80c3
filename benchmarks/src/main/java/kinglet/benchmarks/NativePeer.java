// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/// libchdb inside a process of its own: the call into the library is timed there, so that neither
/// socket nor pipe counts.
final class NativePeer implements AutoCloseable {
  private final Child child;

  private NativePeer(Child child) {
    this.child = child;
  }

  /// @param configuration the `server.xml` of an engine, so that both run under the same settings
  static NativePeer start(Home home, Path data, Path configuration) throws IOException {
    return new NativePeer(
        Child.java(
            List.of("-XX:+UseSerialGC", "-Xmx512m"),
            NativeMain.class.getName(),
            List.of(home.library().toString(), data.toString(), configuration.toString())));
  }

  /// What one call answered and how long it took.
  record Timed(long nanos, String text) {}

  Timed run(String sql, String format) throws IOException {
    String line = sql + "\0" + format;
    child.say(Base64.getEncoder().encodeToString(line.getBytes(StandardCharsets.UTF_8)));
    String[] answer = child.hear().split(" ", -1);
    String text = new String(Base64.getDecoder().decode(answer[2]), StandardCharsets.UTF_8);
    if (!answer[0].equals("ok")) {
      throw new IOException(text);
    }
    return new Timed(Long.parseLong(answer[1]), text);
  }

  @Override
  public void close() throws IOException {
    child.close();
  }
}
