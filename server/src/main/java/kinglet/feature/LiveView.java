// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.state.StateEstimate;
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
  private final ViewDefinition definition;
  private final String fingerprint;
  private final long dataSourceId;
  private final List<LiveView> lookups;
  private final ViewState state;
  private final ViewReadLog readLog;
  private final Queue<ViewReader> readers = new ArrayBlockingQueue<>(READERS_KEPT);
  private final CountDownLatch built = new CountDownLatch(1);
  private volatile long builtRows;
  private volatile @Nullable String failure;
  private volatile @Nullable CatchUp catchUp;
  private final Activity activity = new Activity();
  private volatile boolean forgotten;
  private volatile boolean givenUp;
  private volatile @Nullable List<StateEstimate> estimates;

  /// @param source the data source it is made of
  /// @param lookups the lookup views it names
  LiveView(
      String workspaceId,
      ViewProgram program,
      int version,
      ViewDefinition definition,
      String fingerprint,
      DataSource source,
      List<LiveView> lookups,
      ViewState state,
      ReadLog readLog,
      Router router) {
    this.readLog = readLog.of(this, () -> appliedSeq(router));
    this.lookups = List.copyOf(lookups);
    this.workspaceId = workspaceId;
    this.program = program;
    this.version = version;
    this.definition = definition;
    this.fingerprint = fingerprint;
    this.dataSourceId = source.id();
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

  /// What tells the definition, and what it was made of, from any other.
  String fingerprint() {
    return fingerprint;
  }

  ViewDefinition definition() {
    return definition;
  }

  ViewProgram program() {
    return program;
  }

  long dataSourceId() {
    return dataSourceId;
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

  /// Its history is read; it may have more to take in.
  boolean isComplete() {
    return built.getCount() == 0;
  }

  /// What failed last is tried again.
  void fail(String code) {
    failure = code;
  }

  /// The code of why it takes in no rows at the moment.
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /// Who feeds it in the router's place.
  ///
  /// @param now nobody, when the router feeds it
  void catchesUp(@Nullable CatchUp now) {
    failure = null;
    catchUp = now;
  }

  /// Whether somebody feeds it in the router's place.
  boolean isBehind() {
    return catchUp != null;
  }

  /// Until where the journal is part of what reads give.
  long appliedSeq(Router router) {
    CatchUp feeding = catchUp;
    return feeding == null ? router.appliedSeq() : feeding.feed().appliedSeq();
  }

  /// What an entity takes of memory, by how many events it has.
  List<StateEstimate> estimates() {
    List<StateEstimate> known = estimates;
    if (known == null) {
      known = StateEstimate.of(program.layout());
      estimates = known;
    }
    return known;
  }

  Activity activity() {
    return activity;
  }

  /// Nobody reads it any more.
  void forget() {
    forgotten = true;
  }

  boolean isForgotten() {
    return forgotten;
  }

  /// Whether its state, or that of a view it looks up, has to be made anew.
  boolean isDamaged() {
    return state.isDamaged() || lookups.stream().anyMatch(LiveView::isDamaged);
  }

  /// Its damaged state is not made anew any more.
  void giveUp() {
    givenUp = true;
  }

  /// The view, after a moment's wait for its history; a failure says how far it is.
  LiveView complete() {
    if (isDamaged()) {
      if (givenUp) {
        throw new PlatformException(
            FeatureError.FEATURES_FAILED,
            "The state of the feature view '" + name() + "' is damaged again and again");
      }
      throw new PlatformException(
          FeatureError.FEATURES_BUILDING,
          "The feature view '"
              + name()
              + "' is made anew of its history, as its state is damaged; ask again in a moment");
    }
    boolean ended;
    try {
      ended = built.await(failure == null ? BUILD_WAIT_MILLIS : 0, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    String why = failure;
    if (!ended && why != null) {
      throw new PlatformException(
          FeatureError.FEATURES_FAILED,
          "The feature view '"
              + name()
              + "' could not be made of its history, which is tried again: "
              + why);
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

  /// A reader of its caller's own, whose reads are not written down.
  ViewReader reader() {
    return new ViewReader(program, state.reader());
  }

  /// Does something with a reader that nobody else uses meanwhile.
  <T> T read(Function<ViewReader, T> use) {
    activity.read();
    ViewReader kept = readers.poll();
    ViewReader reader = kept == null ? new ViewReader(program, state.reader(), readLog) : kept;
    T result = use.apply(reader);
    boolean unused = readers.offer(reader);
    return result;
  }
}
