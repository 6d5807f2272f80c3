// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A store in memory that knows what was synced, loses the rest at a crash, and fails at the step
/// it is told to.
final class MemoryJournalStore implements JournalStore {
  /// What happens at the chosen step.
  enum Fault {
    NONE,
    /// The call fails and nothing of it happened.
    FAIL_BEFORE,
    /// The call fails although it happened.
    FAIL_AFTER
  }

  private final NavigableMap<Long, byte[]> entries = new TreeMap<>();
  private final Map<String, byte[]> metadata = new HashMap<>();
  private final List<StoreBatch> unsynced = new ArrayList<>();
  private final NavigableMap<Long, byte[]> durableEntries = new TreeMap<>();
  private final Map<String, byte[]> durableMetadata = new HashMap<>();
  private int stepsLeft = Integer.MAX_VALUE;
  private Fault fault = Fault.NONE;
  private boolean faulted;

  /// Lets the `step`-th write or sync from now on, counted from 1, end in `fault`.
  synchronized void failAt(int step, Fault fault) {
    this.stepsLeft = step;
    this.fault = fault;
  }

  synchronized boolean faulted() {
    return faulted;
  }

  /// What is there after a power cut: everything synced and some prefix of the rest.
  synchronized MemoryJournalStore afterPowerCut(RandomGenerator random) {
    MemoryJournalStore next = new MemoryJournalStore();
    next.durableEntries.putAll(durableEntries);
    next.durableMetadata.putAll(durableMetadata);
    int survivors = unsynced.isEmpty() ? 0 : random.nextInt(unsynced.size() + 1);
    for (StoreBatch batch : unsynced.subList(0, survivors)) {
      apply(batch, next.durableEntries, next.durableMetadata);
    }
    next.entries.putAll(next.durableEntries);
    next.metadata.putAll(next.durableMetadata);
    return next;
  }

  @Override
  public synchronized void write(StoreBatch batch) throws IOException {
    boolean fails = --stepsLeft == 0;
    if (fails && fault == Fault.FAIL_BEFORE) {
      throw fault("write");
    }
    apply(batch, entries, metadata);
    unsynced.add(batch);
    if (fails) {
      throw fault("write");
    }
  }

  @Override
  public synchronized void sync() throws IOException {
    boolean fails = --stepsLeft == 0;
    if (fails && fault == Fault.FAIL_BEFORE) {
      throw fault("fsync");
    }
    unsynced.forEach(batch -> apply(batch, durableEntries, durableMetadata));
    unsynced.clear();
    if (fails) {
      throw fault("fsync");
    }
  }

  private IOException fault(String what) {
    faulted = true;
    return new IOException("injected failure of " + what);
  }

  private static void apply(
      StoreBatch batch, NavigableMap<Long, byte[]> entries, Map<String, byte[]> metadata) {
    if (batch.deletes()) {
      entries.subMap(batch.deleteFrom(), true, batch.deleteBelow(), false).clear();
    }
    batch.puts().forEach(put -> entries.put(put.firstSeq(), put.value()));
    batch
        .metadata()
        .forEach((key, value) -> {
          if (value.length == 0) {
            metadata.remove(key);
          } else {
            metadata.put(key, value);
          }
        });
  }

  /// Flips one bit of the stored entry.
  synchronized void damage(long firstSeq, int offset) {
    entries.get(firstSeq)[offset] ^= 1;
  }

  synchronized void lose(long firstSeq) {
    entries.remove(firstSeq);
  }

  @Override
  public synchronized StoreCursor scan(long fromSeq) {
    Long floor = entries.floorKey(fromSeq);
    Iterator<Map.Entry<Long, byte[]>> rest =
        new TreeMap<>(entries.tailMap(floor == null ? fromSeq : floor, true)).entrySet().iterator();
    return new MemoryCursor(rest);
  }

  @Override
  public synchronized OptionalLong floor(long seq) {
    Long floor = entries.floorKey(seq);
    return floor == null ? OptionalLong.empty() : OptionalLong.of(floor);
  }

  @Override
  public synchronized Map<String, byte[]> metadata() {
    return new HashMap<>(metadata);
  }

  @Override
  public void release(long seq) {}

  @Override
  public synchronized long bytes() {
    return entries.values().stream().mapToLong(value -> value.length).sum();
  }

  @Override
  public void close() {}

  private static final class MemoryCursor implements StoreCursor {
    private final Iterator<Map.Entry<Long, byte[]>> rest;
    private Map.Entry<Long, byte[]> current;

    MemoryCursor(Iterator<Map.Entry<Long, byte[]>> rest) {
      this.rest = rest;
    }

    @Override
    public boolean next() {
      if (!rest.hasNext()) {
        return false;
      }
      current = rest.next();
      return true;
    }

    @Override
    public long firstSeq() {
      return current.getKey();
    }

    @Override
    public byte[] value() {
      return current.getValue().clone();
    }

    @Override
    public void close() {}
  }
}
