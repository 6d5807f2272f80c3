// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.value.Slot;

/// One event of an entity as a view sees it: its key, its place in time and what was computed of
/// it. Filled again and again; belongs to one thread.
public final class Event {
  private static final byte[] NO_BYTES = {};

  private final Slot[] arguments;
  private final boolean[] conditions;
  private byte[] key = NO_BYTES;
  private int keyOffset;
  private int keyLength;
  private long micros;
  private long seq;
  private long ingestedMicros;

  public Event(StateLayout layout) {
    arguments = Slot.array(layout.arguments().size());
    conditions = new boolean[layout.conditions()];
  }

  /// Takes the key without copying it.
  public void setKey(byte[] array, int offset, int length) {
    key = array;
    keyOffset = offset;
    keyLength = length;
  }

  /// @param micros when it happened
  /// @param seq its sequence number in the journal
  /// @param ingestedMicros when it was received; never decreases from event to event
  public void place(long micros, long seq, long ingestedMicros) {
    this.micros = micros;
    this.seq = seq;
    this.ingestedMicros = ingestedMicros;
  }

  /// The place for the value of an argument.
  public Slot argument(int index) {
    return arguments[index];
  }

  public void setCondition(int index, boolean holds) {
    conditions[index] = holds;
  }

  byte[] key() {
    return key;
  }

  int keyOffset() {
    return keyOffset;
  }

  int keyLength() {
    return keyLength;
  }

  long micros() {
    return micros;
  }

  long seq() {
    return seq;
  }

  long ingestedMicros() {
    return ingestedMicros;
  }

  boolean holds(int condition) {
    return conditions[condition];
  }
}
