// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/// The process of a [KilledServer]; prints `serves port token`.
final class KilledServerChild {
  static final String SERVES = "serves ";

  private KilledServerChild() {}

  /// @param arguments the data directory, then `key=value` of the configuration
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> overrides =
        Arrays.stream(arguments)
            .skip(1)
            .map(argument -> argument.split("=", 2))
            .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    TestServer server = TestServer.start(Path.of(arguments[0]), overrides);
    server.awaitReady();
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write(
          (SERVES + server.server().port() + " " + server.adminToken() + "\n")
              .getBytes(StandardCharsets.UTF_8));
      new CountDownLatch(1).await();
    }
  }
}
