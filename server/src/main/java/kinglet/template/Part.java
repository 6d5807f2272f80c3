// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;

/// A piece of a template: text, or a tag and what it encloses.
sealed interface Part {
  record Literal(String text) implements Part {}

  /// @param source the expression as written, for messages
  record Write(Expression expression, String source, int line) implements Part {}

  /// `set`; more than one target takes a sequence apart.
  record Assign(List<String> targets, Expression value, int line) implements Part {}

  /// An expression whose value is not used, such as `items.append(x)`.
  record Evaluate(Expression expression, int line) implements Part {}

  record If(List<Branch> branches, List<Part> otherwise) implements Part {}

  record Branch(Expression condition, List<Part> body, int line) {}

  record For(
      List<String> targets, Expression source, List<Part> body, List<Part> otherwise, int line)
      implements Part {}

  record While(Expression condition, List<Part> body, List<Part> otherwise, int line)
      implements Part {}

  /// @param caught whether there is an `except`
  record Try(
      List<Part> body, List<Part> except, boolean caught, List<Part> otherwise, List<Part> last)
      implements Part {}

  record Break() implements Part {}

  record Continue() implements Part {}
}
