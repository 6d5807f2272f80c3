// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import kinglet.metrics.Metrics;
import org.jspecify.annotations.Nullable;

/// The shards and the views whose state they hold.
public final class Shards implements AutoCloseable {
  private final Metrics metrics;
  private final Shard[] shards;
  private final Map<String, ViewState> views = new ConcurrentHashMap<>();

  /// Starts a thread for each shard.
  public Shards(int count, Metrics metrics) {
    if (count < 1) {
      throw new IllegalArgumentException(count + " shards");
    }
    this.metrics = metrics;
    shards = new Shard[count];
    for (int index = 0; index < count; index++) {
      shards[index] = new Shard(index);
    }
  }

  /// Makes the state of a view that has none.
  public ViewState open(String name, StateLayout layout) {
    ViewState view = new ViewState(name, layout, shards.length, StateCounters.of(metrics, name));
    ViewState held = views.putIfAbsent(name, view);
    if (held != null) {
      throw new IllegalStateException("the view " + name + " is open");
    }
    return view;
  }

  public @Nullable ViewState find(String name) {
    return views.get(name);
  }

  /// Forgets a view, which no feed may be fed with any more.
  public void remove(ViewState view) {
    boolean unused = views.remove(view.name(), view);
  }

  /// A feed whose events come after a sequence number.
  public Feed feed(long seq) {
    return new Feed(shards, seq);
  }

  /// Applies what has been published and stops the threads.
  @Override
  public void close() {
    for (Shard shard : shards) {
      shard.stop();
    }
  }
}
