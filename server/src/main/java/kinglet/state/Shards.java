// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The shards, the views whose state they hold, and the store beside memory if there is one.
public final class Shards implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shards.class);

  /// Entities of the store of which a checkpoint looks whether they are to be forgotten.
  private static final int LOOKS = 20_000;

  /// Events of the journal, of all its data sources, that may have to come in again after a crash,
  /// about.
  private static final long TAIL_MAX = 500_000;

  /// How many are left when what changed before them was written.
  private static final long TAIL_LEFT = 250_000;

  /// Between two looks at how many there are.
  private static final Duration LOOK = Duration.ofMillis(250);

  private static final Duration FOREVER = Duration.ofDays(365);

  private final Metrics metrics;
  private final List<Shard> shards = new ArrayList<>();
  private final Map<String, ViewState> views = new ConcurrentHashMap<>();
  private final Optional<StateStore> store;
  private final Optional<Checkpoints> checkpoints;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final @Nullable Thread checkpointer;

  /// Shards without a store: everything is in memory and gone at the end.
  public Shards(int count, Metrics metrics) {
    this(new StateSettings(count, Long.MAX_VALUE, FOREVER), Optional.empty(), metrics);
  }

  /// Shards with a store in a directory; without what was in it, if that is damaged.
  public static Shards open(StateSettings settings, Path directory, Metrics metrics)
      throws IOException {
    return new Shards(settings, Optional.of(RocksStateStore.openSound(directory)), metrics);
  }

  Shards(StateSettings settings, Optional<StateStore> store, Metrics metrics) {
    this.metrics = metrics;
    this.store = store;
    this.checkpoints = store.map(Checkpoints::new);
    for (int index = 0; index < settings.shards(); index++) {
      shards.add(new Shard(index, settings.memoryBytesMax() / settings.shards()));
    }
    metrics.gauge("state.bytes", this::bytes);
    metrics.gauge("state.entities", () -> sum(ViewState::entities));
    metrics.gauge("state.evictions", () -> sum(ViewState::evictions));
    metrics.gauge("state.expirations", () -> sum(ViewState::expirations));
    checkpoints.ifPresent(Checkpoints::removeOtherFormats);
    this.checkpointer =
        store.isPresent()
            ? Threads.platform(
                "state-checkpoint", () -> checkpointEvery(settings.checkpointInterval()))
            : null;
  }

  private double sum(ToLongFunction<ViewState> what) {
    return views.values().stream().mapToLong(what).sum();
  }

  /// About how many bytes of memory all entities take.
  public long bytes() {
    return shards.stream().mapToLong(Shard::bytes).sum();
  }

  /// Opens a view: with what the store has of it, or without any state. A name stands for one
  /// definition: a changed one takes another name.
  public ViewState open(String name, StateLayout layout) {
    StateKey keys = new StateKey(name);
    Optional<long[]> positions = checkpoints.flatMap(made -> made.positions(keys, shards.size()));
    if (positions.isEmpty()) {
      checkpoints.ifPresent(made -> made.removeEntities(keys));
    }
    ViewState view =
        new ViewState(
            name,
            layout,
            StateCounters.of(metrics, name),
            store,
            shards,
            positions,
            checkpoints.map(made -> made.reachMicros(keys)).orElse(Folded.NEVER),
            checkpoints.map(made -> made.deletions(keys)).orElse(Map.of()));
    ViewState held = views.putIfAbsent(name, view);
    if (held != null) {
      throw new IllegalStateException("the view " + name + " is open");
    }
    shards.forEach(shard -> shard.add(view));
    return view;
  }

  public @Nullable ViewState find(String name) {
    return views.get(name);
  }

  /// Forgets a view, which no feed may be fed with any more, in the store too.
  public void remove(ViewState view) {
    if (views.remove(view.name(), view)) {
      view.detach();
      shards.forEach(shard -> shard.remove(view));
      checkpoints.ifPresent(made -> made.remove(view.keys()));
    }
  }

  /// Forgets the views that the store has and that are not open: nobody asks for them any more.
  public void removeUnopened() {
    checkpoints.ifPresent(made ->
        made.names().stream()
            .filter(name -> !views.containsKey(name))
            .forEach(name -> made.remove(new StateKey(name))));
  }

  /// A feed whose events come after a sequence number.
  public Feed feed(long seq) {
    return new Feed(shards, seq, false);
  }

  /// A feed for what a store does not have: events of entities that are not in memory are applied
  /// when somebody reads the entity or a checkpoint writes it.
  public Feed recoveringFeed(long seq) {
    return new Feed(shards, seq, true);
  }

  /// Writes what changed in every view that is attached to a feed. Blocks in files.
  public void checkpoint() {
    for (ViewState view : views.values()) {
      checkpoints.ifPresent(made -> made.write(view));
    }
    List<ViewState> mortal =
        views.values().stream()
            .filter(view -> view.plan().forgetMicros() != Long.MAX_VALUE)
            .toList();
    for (ViewState view : mortal) {
      checkpoints.ifPresent(made -> made.sweep(view, Math.max(1, LOOKS / mortal.size())));
    }
    shards.forEach(Shard::relieve);
  }

  /// Writes of every view what changed first, where too much would have to come in again after a
  /// crash. Blocks in files.
  ///
  /// @param most how much of the journal that may be
  /// @param left how much of it is left then
  void advance(long most, long left) {
    for (ViewState view : views.values()) {
      checkpoints.ifPresent(made -> made.advance(view, most, left));
    }
  }

  private void checkpointEvery(Duration interval) {
    long nanos = interval.toNanos();
    long due = System.nanoTime() + nanos;
    long look = Math.min(nanos, LOOK.toNanos());
    try {
      while (!closing.await(look, TimeUnit.NANOSECONDS)) {
        look = Math.min(nanos, LOOK.toNanos());
        try {
          if (System.nanoTime() < due) {
            advance(TAIL_MAX, TAIL_LEFT);
          } else {
            checkpoint();
            due = System.nanoTime() + nanos;
          }
        } catch (PlatformException e) {
          LOG.atError().setCause(e).log("a checkpoint of the state of features failed");
          look = nanos;
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts checkpoints", e);
    }
  }

  /// Applies what has been published, stops the threads and closes the store. What no checkpoint
  /// has is read from the journal at the next start.
  @Override
  public void close() {
    closing.countDown();
    if (checkpointer != null) {
      try {
        checkpointer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    shards.forEach(Shard::stop);
    store.ifPresent(StateStore::close);
  }
}
