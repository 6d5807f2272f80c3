// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// An aggregation function bound to its parameters and argument types. Immutable.
///
/// A state is [#words()] words of a row of [States] from `word` on, and, if [#hasObject()], the
/// object at `object`; where they stand is the caller's to say, so that one row holds the states of
/// many aggregates.
public abstract class Aggregate {
  /// The type of the result; it is Nullable where the empty state gives NULL.
  public abstract DataType type();

  /// How many words a state takes; 0 for one that is an object alone.
  public abstract int words();

  /// Whether a state has an object; `null` is the empty one.
  public abstract boolean hasObject();

  /// Whether rows with a NULL argument are left out by the caller, as ClickHouse does.
  public boolean skipsNulls() {
    return true;
  }

  /// Adds one row.
  ///
  /// @param micros the event time of the row, in microseconds since 1970 in UTC
  /// @param seq the sequence number of the row; `(micros, seq)` is the total order of events
  public abstract void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq);

  /// Adds what another state holds, whose object must not be changed nor kept.
  public abstract void merge(States into, int row, int word, int object, States from, int fromRow);

  /// How each word is merged; empty unless [#merge] is that and no more.
  public List<WordMerge> wordMerges() {
    return List.of();
  }

  /// Adds what rows of other states hold, one after another from `first` down to `last`, which are
  /// in the order of time.
  public void mergeDown(
      States into, int row, int word, int object, States from, int first, int last) {
    for (int fromRow = first; fromRow >= last; fromRow--) {
      merge(into, row, word, object, from, fromRow);
    }
  }

  /// The value of the state at a time.
  ///
  /// @param readMicros when it is read, for what decays or ages
  public abstract void finish(
      States states, int row, int word, int object, long readMicros, Slot out);

  /// A copy of the object of a state that can be changed on its own.
  public @Nullable Object copy(@Nullable Object held) {
    return held;
  }

  /// How many bytes of memory the object of a state takes, about.
  public long objectBytes(@Nullable Object held) {
    return 0;
  }

  /// Writes the object of a state; its words are written by the caller.
  public void writeObject(Object held, Bytes to) {
    throw new IllegalStateException("the state has no object");
  }

  /// Reads what [#writeObject] wrote.
  public Object readObject(byte[] from, int offset, int length) {
    throw new IllegalStateException("the state has no object");
  }
}
