// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.random.RandomGenerator;

/// Random texts of expressions with few parentheses, so that precedence decides.
final class RandomText {
  private static final String[] ATOMS = {
    "a",
    "t.b",
    "`c d`",
    "\"e\"",
    "1",
    "-1",
    "2.5",
    "1e3",
    "0xFF",
    "'x'",
    "'it''s'",
    "'\\n'",
    "NULL",
    "true",
    "inf",
    "x.1",
    "x.1.2",
    "[1, a]",
    "[]",
    "(1, a)",
    "(a)",
    "f()",
    "count(*)",
    "x[1]",
    "a::Int8",
    "CAST(a AS Nullable(String))",
    "CAST(a, 'Date')",
    "INTERVAL 1 DAY",
    "f(a, b)",
    "INTERVAL '2 hours'",
    "toDate('2020-01-01')",
    "DATE '2020-01-01'",
    "quantile(0.9)(a)",
    "uniq(DISTINCT a)",
    "sum(a) OVER w",
    "arrayMap(x -> x + 1, a)",
    "f((x, y) -> x = y, a, b)",
    "trim(BOTH ' ' FROM a)",
    "substring(a FROM 2 FOR 3)",
    "EXTRACT(YEAR FROM a)",
    "position('x' IN a)",
    "dateDiff(DAY, a, b)",
    "CASE a WHEN 1 THEN 2 ELSE 3 END",
    "CASE WHEN a THEN 2 END",
    "é",
    "'é😀'",
    "tuple(1)",
    "$$h'$$",
    "x'41'"
  };
  private static final String[] OPERATORS = {
    "+",
    "-",
    "*",
    "/",
    "%",
    "DIV",
    "MOD",
    "=",
    "==",
    "!=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "AND",
    "OR",
    "LIKE",
    "NOT LIKE",
    "ILIKE",
    "NOT ILIKE",
    "IN",
    "NOT IN",
    "||",
    "REGEXP",
    "<=>",
    "and",
    "or",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM"
  };
  private static final String[] NOISE = {
    "(",
    ")",
    "[",
    "]",
    ",",
    "->",
    "?",
    ":",
    "::",
    ".",
    "NOT",
    "AND",
    "BETWEEN",
    "CASE",
    "WHEN",
    "END",
    "INTERVAL",
    "OVER",
    "*",
    "FROM",
    "AS",
    "SELECT",
    "{",
    "}",
    "'",
    "-",
    "IS",
    ";"
  };

  private final RandomGenerator random;

  RandomText(RandomGenerator random) {
    this.random = random;
  }

  String expression(int depth) {
    StringBuilder text = new StringBuilder(operand(depth));
    int more = random.nextInt(4);
    for (int i = 0; i < more; i++) {
      switch (random.nextInt(12)) {
        case 0 -> text.append(random.nextBoolean() ? " IS NULL" : " IS NOT NULL");
        case 1 ->
            text.append(random.nextBoolean() ? " BETWEEN " : " NOT BETWEEN ")
                .append(operand(depth))
                .append(" AND ")
                .append(operand(depth));
        case 2 -> text.append(" ? ").append(operand(depth)).append(" : ").append(operand(depth));
        default -> text.append(' ').append(pick(OPERATORS)).append(' ').append(operand(depth));
      }
    }
    return text.toString();
  }

  private String operand(int depth) {
    if (depth == 0) {
      return pick(ATOMS);
    }
    return switch (random.nextInt(9)) {
      case 0 -> "(" + expression(depth - 1) + ")";
      case 1 -> "NOT " + operand(depth - 1);
      case 2 -> "- " + operand(depth - 1);
      case 3 -> "f(" + expression(depth - 1) + ", " + expression(depth - 1) + ")";
      case 4 -> "(" + expression(depth - 1) + ", " + expression(depth - 1) + ")";
      default -> pick(ATOMS);
    };
  }

  /// A text that is an expression only by luck.
  String broken() {
    StringBuilder text = new StringBuilder(expression(2));
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length() + 1);
      if (random.nextBoolean()) {
        text.insert(at, " " + pick(NOISE) + " ");
      } else {
        text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
      }
    }
    return text.toString();
  }

  private String pick(String[] texts) {
    return texts[random.nextInt(texts.length)];
  }
}
