// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

/// Rows that an aggregate adds at once, the newest first: the words of its argument side by side.
/// Used again and again by one thread.
public final class Run {
  private final long[] words;
  private int from;
  private int to;
  private long newestMicros;
  private long newestSeq;
  private long oldestMicros;
  private long oldestSeq;

  /// @param rowsMax how many rows it has room for
  public Run(int rowsMax) {
    this.words = new long[rowsMax];
  }

  /// Where the words are put; those of an aggregate without argument mean nothing.
  public long[] words() {
    return words;
  }

  /// Says which of the words are those of the rows, and which are the newest and the oldest row.
  public void hold(
      int first, int end, long newestMicros, long newestSeq, long oldestMicros, long oldestSeq) {
    this.from = first;
    this.to = end;
    this.newestMicros = newestMicros;
    this.newestSeq = newestSeq;
    this.oldestMicros = oldestMicros;
    this.oldestSeq = oldestSeq;
  }

  int count() {
    return to - from;
  }

  /// The place of the first row's word.
  int from() {
    return from;
  }

  /// The place after that of the last one.
  int to() {
    return to;
  }

  long word(int place) {
    return words[place];
  }

  double real(int place) {
    return Double.longBitsToDouble(words[place]);
  }

  long newestMicros() {
    return newestMicros;
  }

  long newestSeq() {
    return newestSeq;
  }

  long oldestMicros() {
    return oldestMicros;
  }

  long oldestSeq() {
    return oldestSeq;
  }
}
