// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.List;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Where the parts of an event stand in a row: words for its time, sequence number, flags and
/// primitive arguments, and objects for the other arguments.
///
/// ```
/// words    micros | seq | flags… | whole and real arguments, in their order
/// flags    one bit for each argument that is NULL, then one for each condition that holds
/// objects  the other arguments, in their order
/// ```
final class RowLayout {
  static final int MICROS = 0;
  static final int SEQ = 1;
  static final int FLAGS = 2;

  private final Shape[] shapes;
  private final int conditions;
  private final int flagWords;
  private final int words;
  private final int objects;

  /// The word of a primitive argument, the complement of the object's place of another.
  private final int[] places;

  RowLayout(List<Shape> arguments, int conditions) {
    this.shapes = arguments.toArray(Shape[]::new);
    this.conditions = conditions;
    this.flagWords = (shapes.length + conditions + Long.SIZE - 1) / Long.SIZE;
    this.places = new int[shapes.length];
    int word = FLAGS + flagWords;
    int object = 0;
    for (int argument = 0; argument < shapes.length; argument++) {
      places[argument] = isPrimitive(shapes[argument]) ? word++ : ~object++;
    }
    this.words = word;
    this.objects = object;
  }

  private static boolean isPrimitive(Shape shape) {
    return shape == Shape.WHOLE || shape == Shape.FLOAT;
  }

  int arguments() {
    return shapes.length;
  }

  Shape shape(int argument) {
    return shapes[argument];
  }

  /// Words of a row.
  int words() {
    return words;
  }

  /// Objects of a row.
  int objects() {
    return objects;
  }

  /// The place of an argument among the objects of a row, or -1.
  int objectPlace(int argument) {
    return places[argument] < 0 ? ~places[argument] : -1;
  }

  /// The place of a primitive argument among the words of a row.
  int wordPlace(int argument) {
    return places[argument];
  }

  /// Words of flags.
  int flagWords() {
    return flagWords;
  }

  /// The place of the flag of a condition.
  int conditionFlag(int condition) {
    return shapes.length + condition;
  }

  /// Writes an event into a row.
  void write(Event event, long[] words, int word, Object[] objects, int object) {
    words[word + MICROS] = event.micros();
    words[word + SEQ] = event.seq();
    for (int flag = 0; flag < flagWords; flag++) {
      words[word + FLAGS + flag] = 0;
    }
    for (int argument = 0; argument < shapes.length; argument++) {
      Slot slot = event.argument(argument);
      int place = places[argument];
      if (slot.isNull()) {
        setFlag(words, word, argument);
      } else if (place >= 0) {
        words[word + place] = slot.bits();
      } else {
        objects[object + ~place] =
            shapes[argument] == Shape.BYTES ? slot.copyBytes() : slot.object();
      }
    }
    for (int condition = 0; condition < conditions; condition++) {
      if (event.holds(condition)) {
        setFlag(words, word, conditionFlag(condition));
      }
    }
  }

  private static void setFlag(long[] words, int word, int flag) {
    words[word + FLAGS + (flag >> 6)] |= 1L << flag;
  }

  static boolean hasFlag(long[] words, int word, int flag) {
    return (words[word + FLAGS + (flag >> 6)] & 1L << flag) != 0;
  }

  /// Reads some arguments of a row into their slots.
  void read(int[] wanted, long[] words, int word, Object[] objects, int object, Slot[] into) {
    for (int argument : wanted) {
      Slot slot = into[argument];
      int place = places[argument];
      if (hasFlag(words, word, argument)) {
        slot.setNull();
      } else if (place >= 0) {
        slot.setWhole(words[word + place]);
      } else if (shapes[argument] == Shape.BYTES) {
        slot.setBytes((byte[]) objects[object + ~place]);
      } else {
        slot.setObject(objects[object + ~place]);
      }
    }
  }
}
