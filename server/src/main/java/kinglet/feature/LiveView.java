// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.state.ViewState;
import org.jspecify.annotations.Nullable;

/// A version of a feature view with its state. Safe from any thread.
final class LiveView {
  private static final int READERS_KEPT = 64;

  /// How long the first read waits for a view's history.
  private static final long BUILD_WAIT_MILLIS = 5_000;

  private final String workspaceId;
  private final ViewProgram program;
  private final int version;
  private final long dataSourceId;
  private final String table;
  private final List<LiveView> lookups;
  private final ViewState state;
  private final Queue<ViewReader> readers = new ArrayBlockingQueue<>(READERS_KEPT);
  private final CountDownLatch built = new CountDownLatch(1);
  private volatile long builtRows;
  private volatile @Nullable String failure;

  /// @param source the data source it is made of
  /// @param lookups the lookup views it names
  LiveView(
      String workspaceId,
      ViewProgram program,
      int version,
      DataSource source,
      List<LiveView> lookups,
      ViewState state) {
    this.lookups = List.copyOf(lookups);
    this.workspaceId = workspaceId;
    this.program = program;
    this.version = version;
    this.dataSourceId = source.id();
    this.table = source.sqlName();
    this.state = state;
  }

  String workspaceId() {
    return workspaceId;
  }

  String name() {
    return program.name();
  }

  int version() {
    return version;
  }

  ViewProgram program() {
    return program;
  }

  long dataSourceId() {
    return dataSourceId;
  }

  /// The table of the data source, ready for SQL.
  String table() {
    return table;
  }

  List<LiveView> lookups() {
    return lookups;
  }

  ViewState state() {
    return state;
  }

  /// Rows of the history that are read.
  long builtRows() {
    return builtRows;
  }

  void count(long rows) {
    builtRows = rows;
  }

  void completed() {
    built.countDown();
  }

  void fail(String why) {
    failure = why;
    built.countDown();
  }

  boolean isComplete() {
    return built.getCount() == 0 && failure == null;
  }

  /// The view, after a moment's wait for its history; a failure says how far it is.
  LiveView complete() {
    boolean ended;
    try {
      ended = built.await(BUILD_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    String why = failure;
    if (why != null) {
      throw new PlatformException(
          FeatureError.FEATURES_FAILED,
          "The feature view '" + name() + "' could not be made of its history: " + why);
    }
    if (!ended) {
      throw new PlatformException(
          FeatureError.FEATURES_BUILDING,
          "The feature view '"
              + name()
              + "' reads its history: "
              + builtRows
              + " rows so far; ask again in a moment");
    }
    return this;
  }

  /// Does something with a reader that nobody else uses meanwhile.
  <T> T read(Function<ViewReader, T> use) {
    ViewReader kept = readers.poll();
    ViewReader reader = kept == null ? new ViewReader(program, state.reader()) : kept;
    T result = use.apply(reader);
    boolean unused = readers.offer(reader);
    return result;
  }
}
