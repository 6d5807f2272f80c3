// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

/// Where an event stands in the total order of events, in two words of a state: its time and the
/// inverted sequence number, which is never 0.
final class Moment {
  static final int WORDS = 2;

  private Moment() {}

  static boolean isEmpty(States states, int row, int word) {
    return states.word(row, word + 1) == 0;
  }

  static void set(States states, int row, int word, long micros, long seq) {
    states.setWord(row, word, micros);
    states.setWord(row, word + 1, ~seq);
  }

  static long micros(States states, int row, int word) {
    return states.word(row, word);
  }

  static long seq(States states, int row, int word) {
    return ~states.word(row, word + 1);
  }

  /// Whether the event of a state that is not empty comes after another.
  static boolean isAfter(States states, int row, int word, long micros, long seq) {
    long held = states.word(row, word);
    return held != micros ? held > micros : ~states.word(row, word + 1) > seq;
  }
}
