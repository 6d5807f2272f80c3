// SPDX-License-Identifier: Apache-2.0
package kinglet.value;

/// A constant as a SQL text writes it.
public sealed interface Literal {
  /// A number, with the text it was written as: `1`, `-2.5e3`, `0xFF`, `inf`, `nan`.
  record Number(String text) implements Literal {}

  record Text(String value) implements Literal {}

  record Truth(boolean value) implements Literal {}

  record Null() implements Literal {}
}
