// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import kinglet.config.Config;

/// Starts a server in this process; `server` is what does it.
@FunctionalInterface
public interface ServerStarter {
  Running start(Config config);

  /// What a comparison found.
  ///
  /// @param windowed how many values windows of ClickHouse's own gave as well
  /// @param repeated how often a case was begun again because the engine went away
  /// @param difference the first value that is not what it should be, in a small case, as text
  record Verified(
      long cases, long compared, long windowed, long repeated, Optional<String> difference) {}

  /// A server that runs.
  interface Running extends AutoCloseable {
    int port();

    /// The text of the workspace's admin token.
    String adminToken();

    /// Waits until SQL is answered.
    boolean awaitReady(Duration timeout);

    /// Streams what the engine answers to a statement of ours, read from local files.
    InputStream read(String sql);

    /// Compares the values of random features with what they should be.
    ///
    /// @param seed names the features, the events and the reads
    /// @param values how many values are compared at least
    /// @param work a directory for state that is stored
    /// @param listener told how many values more were compared
    Verified verifyEngine(long seed, long values, int threads, Path work, LongConsumer listener);

    /// Blocks until the process is asked to stop.
    void awaitStop();

    @Override
    void close();
  }
}
