// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import kinglet.error.PlatformException;
import kinglet.value.Slot;

/// Reads values of a view. Belongs to one thread at a time; used again and again, it allocates next
/// to nothing.
public final class StateReader {
  private final ViewState view;
  private final ViewPlan plan;
  private final TailOrder order;
  private final WindowPass[] passes;
  private final Slot[] arguments;
  private final int[] allArguments;
  private long newestMicros = Folded.NEVER;

  StateReader(ViewState view) {
    this.view = view;
    this.plan = view.plan();
    this.order = new TailOrder(plan.rows());
    this.passes =
        plan.groups().stream()
            .map(group -> new WindowPass(plan, group, order))
            .toArray(WindowPass[]::new);
    this.arguments = Slot.array(plan.rows().arguments());
    this.allArguments = IntStream.range(0, arguments.length).toArray();
  }

  public ViewState view() {
    return view;
  }

  /// Puts the values of a key at a time into slots, one for each of [StateLayout#values()]. What
  /// the slots hold is not changed by later reads and events.
  ///
  /// @throws PlatformException if the time lies before what is kept
  public ReadStatus read(byte[] key, int offset, int length, long readMicros, Slot[] values) {
    return read(hash(key, offset, length), key, offset, length, readMicros, values);
  }

  /// The hash of a key, the same in every process.
  public static long hash(byte[] key, int offset, int length) {
    return KeyHash.of(key, offset, length);
  }

  /// The same read for who knows the hash of the key.
  public ReadStatus read(
      long hash, byte[] key, int offset, int length, long readMicros, Slot[] values) {
    EntityState entity = view.find(hash, key, offset, length);
    return read(entity == null ? Tail.EMPTY : entity.tail(), readMicros, values);
  }

  private ReadStatus read(Tail tail, long readMicros, Slot[] values) {
    checkReach(tail, readMicros);
    order.take(tail, readMicros);
    newestMicros = order.newestMicros();
    ReadStatus status = status(readMicros);
    if (status == ReadStatus.EXPIRED) {
      setNull(values);
    } else if (plan.layout().lookup()) {
      readLookup(status, values);
    } else {
      order.takeNothingIf(status == ReadStatus.NOT_FOUND);
      for (WindowPass pass : passes) {
        pass.run(readMicros, values);
      }
    }
    return status;
  }

  public ReadStatus read(byte[] key, long readMicros, Slot[] values) {
    return read(key, 0, key.length, readMicros, values);
  }

  /// Takes what is read of every entity.
  @FunctionalInterface
  public interface Entities {
    void entity(byte[] key, ReadStatus status);
  }

  /// Reads every entity, in memory or not, one after the other into the same slots. Blocks in
  /// files, so it takes a platform thread.
  public void readAll(long readMicros, Slot[] values, Entities entities) {
    view.forEach(entity -> entities.entity(entity.key(), read(entity.tail(), readMicros, values)));
  }

  /// The event time of the newest event until the time of the last read; none if there was none.
  public OptionalLong newestMicros() {
    return newestMicros == Folded.NEVER ? OptionalLong.empty() : OptionalLong.of(newestMicros);
  }

  /// What a feature of a key at a time is computed of.
  ///
  /// @param feature its place in [StateLayout#features()]
  /// @param limit how many tiles and how many events are listed at most
  /// @throws PlatformException if the time lies before what is kept
  public Explanation explain(byte[] key, long readMicros, int feature, int limit) {
    EntityState entity = view.find(key, 0, key.length);
    Tail tail = entity == null ? Tail.EMPTY : entity.tail();
    checkReach(tail, readMicros);
    order.take(tail, readMicros);
    newestMicros = order.newestMicros();
    FeatureUse use = plan.layout().features().get(feature);
    return new Explainer(plan, plan.groupOf(use.window()), use, tail, readMicros, limit)
        .explain(status(readMicros));
  }

  private ReadStatus status(long readMicros) {
    OptionalLong ttl = plan.layout().ttlMicros();
    if (newestMicros == Folded.NEVER || newestMicros < readMicros - plan.forgetMicros()) {
      newestMicros = Folded.NEVER;
      return ReadStatus.NOT_FOUND;
    }
    return ttl.isPresent() && newestMicros < readMicros - ttl.getAsLong()
        ? ReadStatus.EXPIRED
        : ReadStatus.PRESENT;
  }

  private void checkReach(Tail tail, long readMicros) {
    long reach = tail.folded().reachMicros();
    if (reach == Folded.NEVER) {
      // An event before may have been forgotten with all the others of the key.
      reach = view.reachMicros();
    }
    if (readMicros < reach) {
      throw new PlatformException(
          StateError.AS_OF_TOO_OLD,
          "the features of "
              + view.name()
              + " are known from "
              + Instant.EPOCH.plus(reach, ChronoUnit.MICROS)
              + " on, and "
              + Instant.EPOCH.plus(readMicros, ChronoUnit.MICROS)
              + " is asked for");
    }
  }

  private static void setNull(Slot[] values) {
    for (Slot value : values) {
      value.setNull();
    }
  }

  private void readLookup(ReadStatus status, Slot[] values) {
    if (status == ReadStatus.NOT_FOUND || !order.readNewest(allArguments, arguments)) {
      setNull(values);
      return;
    }
    for (int value = 0; value < arguments.length; value++) {
      values[value].set(arguments[value]);
    }
  }
}
