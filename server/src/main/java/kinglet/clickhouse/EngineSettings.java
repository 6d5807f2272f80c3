// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// How the engine process is started.
///
/// @param classPath where `kinglet.engine.EngineMain` is found
/// @param memoryBytesMax what ClickHouse may use; the JVM around it comes on top
/// @param queueMax statements that may wait for a connection of one role; more are refused at once
/// @param queryTimeout the longest run of a reader's statement
public record EngineSettings(
    Path library,
    Path dataDirectory,
    List<Path> classPath,
    Path javaHome,
    long memoryBytesMax,
    int readers,
    int writers,
    int admins,
    int queueMax,
    Duration queryTimeout) {

  public static final long DEFAULT_MEMORY_BYTES_MAX = 4L << 30;

  /// Jobs read several answers side by side, each of which keeps its connection: two of the jobs at
  /// once replay histories, and none may wait for what another one holds.
  private static final int ADMINS = 12;

  public EngineSettings {
    classPath = List.copyOf(classPath);
    check(readers > 0, "an engine has at least one reader");
    check(writers > 0, "an engine has at least one writer");
    check(admins > 0, "an engine has at least one admin connection");
    check(queueMax > 0, "an engine's queues hold at least one statement");
    check(!classPath.isEmpty(), "the engine's class path is not empty");
  }

  /// Settings with the usual sizes, run by this process's own Java.
  public static EngineSettings of(Path library, Path dataDirectory, List<Path> classPath) {
    return new EngineSettings(
        library,
        dataDirectory,
        classPath,
        Path.of(System.getProperty("java.home")),
        DEFAULT_MEMORY_BYTES_MAX,
        4,
        2,
        ADMINS,
        64,
        Duration.ofMinutes(10));
  }

  public EngineSettings withMemoryBytesMax(long changed) {
    return new EngineSettings(
        library,
        dataDirectory,
        classPath,
        javaHome,
        changed,
        readers,
        writers,
        admins,
        queueMax,
        queryTimeout);
  }

  public EngineSettings withConnections(int changedReaders, int changedWriters) {
    return new EngineSettings(
        library,
        dataDirectory,
        classPath,
        javaHome,
        memoryBytesMax,
        changedReaders,
        changedWriters,
        admins,
        queueMax,
        queryTimeout);
  }

  public EngineSettings withQueryTimeout(Duration changed) {
    return new EngineSettings(
        library,
        dataDirectory,
        classPath,
        javaHome,
        memoryBytesMax,
        readers,
        writers,
        admins,
        queueMax,
        changed);
  }

  public EngineSettings withJavaHome(Path changed) {
    return new EngineSettings(
        library,
        dataDirectory,
        classPath,
        changed,
        memoryBytesMax,
        readers,
        writers,
        admins,
        queueMax,
        queryTimeout);
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }
}
