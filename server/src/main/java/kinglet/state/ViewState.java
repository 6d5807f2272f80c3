// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The state of one view: its entities, shard by shard.
public final class ViewState {
  private final String name;
  private final ViewPlan plan;
  private final StateCounters counters;
  private final ViewShard[] shards;

  ViewState(String name, StateLayout layout, int shards, StateCounters counters) {
    this.name = name;
    this.plan = new ViewPlan(layout);
    this.counters = counters;
    this.shards = new ViewShard[shards];
    Arrays.setAll(this.shards, _ -> new ViewShard(plan, counters));
  }

  public String name() {
    return name;
  }

  public StateLayout layout() {
    return plan.layout();
  }

  /// A reader of its own for a thread; it is used again and again.
  public StateReader reader() {
    return new StateReader(this);
  }

  /// How many entities are known.
  public long entities() {
    return Arrays.stream(shards).mapToLong(ViewShard::entities).sum();
  }

  /// Events so old that no window could see them; they are ignored.
  public long lateEvents() {
    return counters.late().count();
  }

  /// Events whose time lay after their ingestion.
  public long futureEvents() {
    return counters.future().count();
  }

  /// Events older than the event of their entity before them.
  public long outOfOrderEvents() {
    return counters.outOfOrder().count();
  }

  ViewPlan plan() {
    return plan;
  }

  ViewShard shard(int index) {
    return shards[index];
  }

  @Nullable EntityState find(byte[] key, int offset, int length) {
    long hash = KeyHash.of(key, offset, length);
    return shards[KeyHash.shard(hash, shards.length)].find(hash, key, offset, length);
  }
}
