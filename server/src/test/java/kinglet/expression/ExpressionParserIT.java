// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.sql.Sql;
import kinglet.testkit.Seed;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;

/// Our reading of an expression against that of ClickHouse's own parser.
final class ExpressionParserIT {
  private static final int TEXTS = 4_000;
  private static final int BATCH = 500;

  private final ClickHouse clickHouse = TestEngine.shared().client();

  @Test
  void printedExpressionsMeanTheSame() {
    Seed seed = Seed.next();
    List<String> texts = new ArrayList<>();
    for (int round = 0; round < TEXTS; round++) {
      texts.add(new RandomText(seed.round(round).random()).expression(2));
    }
    List<Boolean> right = new ArrayList<>();
    for (int from = 0; from < TEXTS; from += BATCH) {
      right.addAll(right(texts.subList(from, from + BATCH)));
    }
    List<String> read = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      String text = texts.get(i);
      if (right.get(i)) {
        assertThatCode(() -> ExpressionParser.parse(text))
            .as("%s: %s", seed, text)
            .doesNotThrowAnyException();
        read.add(text);
        printed.add(ExpressionParser.parse(text).sql());
      }
    }
    assertThat(read).as("%s", seed).hasSizeGreaterThan(TEXTS / 2);
    for (int from = 0; from < read.size(); from += BATCH) {
      int to = Math.min(read.size(), from + BATCH);
      List<String> theirs = trees(read.subList(from, to));
      List<String> ours = trees(printed.subList(from, to));
      for (int i = 0; i < theirs.size(); i++) {
        assertThat(ours.get(i))
            .as("%s: %s became %s", seed, read.get(from + i), printed.get(from + i))
            .isEqualTo(theirs.get(i));
      }
    }
  }

  /// Which texts ClickHouse reads.
  private List<Boolean> right(List<String> texts) {
    StringBuilder sql =
        new StringBuilder(
            "SELECT isNotNull(formatQuerySingleLineOrNull(q)) FROM values('q String'");
    for (String text : texts) {
      sql.append(", (").append(Sql.literal("SELECT " + text)).append(')');
    }
    String answer = clickHouse.text(Statement.of(Role.ADMIN, sql.append(')').toString()));
    return answer.lines().map("1"::equals).toList();
  }

  /// The tree of each expression as ClickHouse draws it.
  private List<String> trees(List<String> expressions) {
    String sql = "EXPLAIN AST SELECT tuple(" + String.join("), tuple(", expressions) + ")";
    String tree = clickHouse.text(Statement.of(Role.ADMIN, sql).withFormat("TSVRaw"));
    String[] pieces = tree.split("(?m)^ {4}Function tuple ", -1);
    assertThat(pieces).as(tree).hasSize(expressions.size() + 1);
    return List.of(pieces).subList(1, pieces.length);
  }
}
