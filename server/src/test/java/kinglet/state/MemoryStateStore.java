// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A store in memory that knows what was synced, loses the rest at a crash, and fails at the step
/// it is told to.
final class MemoryStateStore implements StateStore {
  private final NavigableMap<byte[], byte[]> held = new TreeMap<>(Arrays::compareUnsigned);
  private final NavigableMap<byte[], byte[]> durable = new TreeMap<>(Arrays::compareUnsigned);
  private final List<Consumer<NavigableMap<byte[], byte[]>>> unsynced = new ArrayList<>();
  private int stepsLeft = Integer.MAX_VALUE;
  private boolean happensAnyway;
  private long writtenBytes;
  private long finds;
  private Runnable meanwhile = () -> {};

  /// Lets the `step`-th write or sync from now on, counted from 1, fail.
  ///
  /// @param happensAnyway whether it happens although it fails
  synchronized void failAt(int step, boolean happensAnyway) {
    this.stepsLeft = step;
    this.happensAnyway = happensAnyway;
  }

  /// Does something during the next write.
  void duringNextWrite(Runnable what) {
    meanwhile = what;
  }

  /// The bytes of all values that were written.
  long writtenBytes() {
    return writtenBytes;
  }

  /// How often a key was looked for.
  synchronized long finds() {
    return finds;
  }

  /// What is there after a power cut: everything synced and some prefix of the rest.
  synchronized MemoryStateStore afterPowerCut(RandomGenerator random) {
    MemoryStateStore next = new MemoryStateStore();
    next.durable.putAll(durable);
    int survivors = unsynced.isEmpty() ? 0 : random.nextInt(unsynced.size() + 1);
    unsynced.subList(0, survivors).forEach(change -> change.accept(next.durable));
    next.held.putAll(next.durable);
    return next;
  }

  @Override
  public void write(Batch batch) throws IOException {
    Runnable now = meanwhile;
    meanwhile = () -> {};
    now.run();
    writtenBytes += batch.puts().stream().mapToLong(put -> put.getValue().length).sum();
    change(map -> {
      batch.removes().forEach(map::remove);
      batch.puts().forEach(put -> map.put(put.getKey(), put.getValue()));
    });
  }

  @Override
  public void removeAll(byte[] prefix) throws IOException {
    byte[] end = prefix.clone();
    end[end.length - 1]++;
    change(map -> map.subMap(prefix, end).clear());
  }

  private synchronized void change(Consumer<NavigableMap<byte[], byte[]>> change)
      throws IOException {
    boolean fails = --stepsLeft == 0;
    if (!fails || happensAnyway) {
      change.accept(held);
      unsynced.add(change);
    }
    if (fails) {
      throw new IOException("injected failure of a write");
    }
  }

  @Override
  public synchronized void sync() throws IOException {
    boolean fails = --stepsLeft == 0;
    if (!fails || happensAnyway) {
      unsynced.forEach(change -> change.accept(durable));
      unsynced.clear();
    }
    if (fails) {
      throw new IOException("injected failure of a sync");
    }
  }

  @Override
  public synchronized byte @Nullable [] find(byte[] key) {
    finds++;
    return held.get(key);
  }

  @Override
  public List<byte @Nullable []> find(List<byte[]> keys) {
    List<byte @Nullable []> values = new ArrayList<>();
    keys.forEach(key -> values.add(find(key)));
    return values;
  }

  @Override
  public void forEach(byte[] prefix, byte[] from, BiPredicate<byte[], byte[]> entries) {
    NavigableMap<byte[], byte[]> rest = new TreeMap<>(Arrays::compareUnsigned);
    synchronized (this) {
      rest.putAll(held.tailMap(from, true));
    }
    for (Map.Entry<byte[], byte[]> entry : rest.entrySet()) {
      byte[] key = entry.getKey();
      boolean within =
          key.length >= prefix.length
              && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
      if (!within || !entries.test(key, entry.getValue())) {
        return;
      }
    }
  }

  @Override
  public synchronized long bytes() {
    return held.values().stream().mapToLong(value -> value.length).sum();
  }

  /// Flips one bit of everything that is stored under a prefix.
  void damage(byte[] prefix, RandomGenerator random) throws IOException {
    for (Map.Entry<byte[], byte[]> entry : scan(prefix)) {
      entry.getValue()[random.nextInt(entry.getValue().length)] ^= 1;
    }
  }

  @Override
  public void close() {}
}
