// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;

/// Merges words of many aggregates at once, those that say how by [Aggregate#wordMerges()].
/// Immutable.
/* Each list of places has the same length for every row, which a processor foresees; a loop over
 * the rows for each aggregate would end where it does not.
 */
public final class WordMerges {
  private final int[] added;
  private final int[] addedReals;
  private final int[] addedInverted;
  private final int[] greatest;
  private final int[] united;

  /// A word and its place in a row of states.
  public record Place(WordMerge merge, int word) {}

  public WordMerges(List<Place> places) {
    this.added = words(places, WordMerge.ADD);
    this.addedReals = words(places, WordMerge.ADD_REAL);
    this.addedInverted = words(places, WordMerge.ADD_INVERTED_REAL);
    this.greatest = words(places, WordMerge.GREATEST);
    this.united = words(places, WordMerge.OR);
  }

  private static int[] words(List<Place> places, WordMerge merge) {
    return places.stream().filter(place -> place.merge() == merge).mapToInt(Place::word).toArray();
  }

  /// Merges rows of other states into one, one after another from `first` down to `last`.
  public void mergeDown(States into, int row, States from, int first, int last) {
    long[] target = into.words();
    long[] source = from.words();
    int to = into.place(row);
    for (int fromRow = first; fromRow >= last; fromRow--) {
      int at = from.place(fromRow);
      for (int word : added) {
        target[to + word] += source[at + word];
      }
      for (int word : addedReals) {
        target[to + word] =
            Double.doubleToRawLongBits(
                Double.longBitsToDouble(target[to + word])
                    + Double.longBitsToDouble(source[at + word]));
      }
      for (int word : addedInverted) {
        target[to + word] = plusInverted(target[to + word], source[at + word]);
      }
      for (int word : greatest) {
        target[to + word] =
            Math.max(target[to + word] ^ Long.MIN_VALUE, source[at + word] ^ Long.MIN_VALUE)
                ^ Long.MIN_VALUE;
      }
      for (int word : united) {
        target[to + word] |= source[at + word];
      }
    }
  }

  private static long plusInverted(long one, long other) {
    if (one == 0 || other == 0) {
      return one | other;
    }
    return ~Double.doubleToLongBits(
        Double.longBitsToDouble(~one) + Double.longBitsToDouble(~other));
  }
}
