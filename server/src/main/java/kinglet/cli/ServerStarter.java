// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.InputStream;
import java.time.Duration;
import kinglet.config.Config;

/// Starts a server in this process; `server` is what does it.
@FunctionalInterface
public interface ServerStarter {
  Running start(Config config);

  /// A server that runs.
  interface Running extends AutoCloseable {
    int port();

    /// The text of the workspace's admin token.
    String adminToken();

    /// Waits until SQL is answered.
    boolean awaitReady(Duration timeout);

    /// Streams what the engine answers to a statement of ours, read from local files.
    InputStream read(String sql);

    /// Blocks until the process is asked to stop.
    void awaitStop();

    @Override
    void close();
  }
}
