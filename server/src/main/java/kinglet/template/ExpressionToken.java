// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

/// A word of an expression.
///
/// @param text what is written; of a string its value
/// @param offset where it starts in the expression
record ExpressionToken(Kind kind, String text, int offset) {
  enum Kind {
    NAME,
    NUMBER,
    STRING,
    OPERATOR,
    END
  }

  boolean is(String operatorOrName) {
    return (kind == Kind.OPERATOR || kind == Kind.NAME) && text.equals(operatorOrName);
  }
}
