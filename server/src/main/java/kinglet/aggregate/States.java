// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Rows of aggregation states side by side: for each row a fixed number of words and of objects.
public final class States {
  private final int wordsPerRow;
  private final int objectsPerRow;
  private final long[] words;
  private final @Nullable Object[] objects;

  /// Rows of empty states.
  public States(int wordsPerRow, int objectsPerRow, int rows) {
    this.wordsPerRow = wordsPerRow;
    this.objectsPerRow = objectsPerRow;
    this.words = new long[wordsPerRow * rows];
    this.objects = new Object[objectsPerRow * rows];
  }

  /// How many rows there is room for.
  public int rows() {
    return wordsPerRow > 0
        ? words.length / wordsPerRow
        : objectsPerRow > 0 ? objects.length / objectsPerRow : 0;
  }

  /// Makes a row empty.
  public void clear(int row) {
    Arrays.fill(words, row * wordsPerRow, (row + 1) * wordsPerRow, 0L);
    Arrays.fill(objects, row * objectsPerRow, (row + 1) * objectsPerRow, null);
  }

  /// Makes a row the same as a row of other states, whose objects must not be changed any more.
  public void set(int row, States from, int fromRow) {
    System.arraycopy(from.words, fromRow * wordsPerRow, words, row * wordsPerRow, wordsPerRow);
    System.arraycopy(
        from.objects, fromRow * objectsPerRow, objects, row * objectsPerRow, objectsPerRow);
  }

  /// The same for rows that follow one another.
  public void set(int row, States from, int fromRow, int count) {
    System.arraycopy(
        from.words, fromRow * wordsPerRow, words, row * wordsPerRow, count * wordsPerRow);
    System.arraycopy(
        from.objects, fromRow * objectsPerRow, objects, row * objectsPerRow, count * objectsPerRow);
  }

  long[] words() {
    return words;
  }

  /// Where the words of a row begin.
  int place(int row) {
    return row * wordsPerRow;
  }

  public long word(int row, int word) {
    return words[row * wordsPerRow + word];
  }

  public void setWord(int row, int word, long value) {
    words[row * wordsPerRow + word] = value;
  }

  /// A word that holds the bits of a double.
  double real(int row, int word) {
    return Double.longBitsToDouble(word(row, word));
  }

  void setReal(int row, int word, double value) {
    setWord(row, word, Double.doubleToRawLongBits(value));
  }

  public @Nullable Object object(int row, int object) {
    return objects[row * objectsPerRow + object];
  }

  public void setObject(int row, int object, @Nullable Object value) {
    objects[row * objectsPerRow + object] = value;
  }
}
