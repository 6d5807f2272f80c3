// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

/// What one template, and one rendering of it, may take.
final class Limits {
  static final int SOURCE_CHARS_MAX = 1 << 20;
  static final int NESTING_MAX = 100;
  static final int OPERATORS_MAX = 1_000;
  static final int NODES_MAX = 100_000;
  static final int OUTPUT_CHARS_MAX = 4 << 20;
  static final int TEXT_CHARS_MAX = 1 << 20;
  static final int ITEMS_MAX = 100_000;
  static final int INTEGER_BITS_MAX = 4096;
  static final int NAME_CHARS_MAX = 1_000;

  /// Turns of all loops together.
  static final int TURNS_MAX = 100_000;

  /// Evaluated expressions, and characters and elements they made, weighted.
  static final long STEPS_MAX = 5_000_000;

  private Limits() {}

  static void text(long chars) {
    if (chars > TEXT_CHARS_MAX) {
      throw TemplateFailures.limit("a text is longer than " + TEXT_CHARS_MAX + " characters");
    }
  }

  static void items(long count) {
    if (count > ITEMS_MAX) {
      throw TemplateFailures.limit("a list has more than " + ITEMS_MAX + " elements");
    }
  }
}
