// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

/// A piece of the text of a template.
///
/// @param text of literals the text itself, of tags what stands between the marks
/// @param line where it starts, from 1
record Tag(Kind kind, String text, int line) {
  enum Kind {
    LITERAL,
    WRITE,
    STATEMENT
  }
}
