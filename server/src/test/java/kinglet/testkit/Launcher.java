// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A `./kinglet` that runs commands from this test's class path.
public final class Launcher {
  private Launcher() {}

  /// Writes it.
  ///
  /// @param origin the server that its commands talk to
  public static void write(Path directory, String origin) throws IOException {
    Path launcher = directory.resolve("kinglet");
    Files.writeString(
        launcher,
        """
        #!/bin/sh
        export KINGLET_HOST=%s
        main=kinglet.Main
        if [ "$1" = model ]; then
          main=kinglet.examples.Main
          shift
        fi
        exec "%s/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m \\
          --enable-native-access=ALL-UNNAMED -cp "%s" $main "$@"
        """
            .formatted(
                origin, System.getProperty("java.home"), System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
  }
}
