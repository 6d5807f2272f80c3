// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Random statements in which strings, names and comments hold what looks like clauses.
final class QueryTextRandomTest {
  private static final int TRIES = 20_000;
  private static final String[] PIECES = {
    "a",
    "1",
    ",",
    "(b)",
    "[1, 2]",
    "'FORMAT CSV'",
    "'it\\'s FORMAT CSV'",
    "'it''s; FORMAT CSV'",
    "`FORMAT CSV`",
    "\"x\"\"FORMAT CSV\"",
    "-- FORMAT CSV\n",
    "/* ; FORMAT CSV ' */",
    "# ' \n",
    "$t$ FORMAT CSV ' $t$",
    "\u201cFORMAT CSV\u201d",
    "\u2018;\u2019",
    "(SELECT 1 FORMAT CSV)",
    "\u00fc",
    "format_x",
    "x'66'",
    "{p:String}",
    "\t",
    "\u4e2d"
  };

  @Test
  void theTrailingFormatIsFoundWhateverStandsBeforeIt() {
    long seed = Long.getLong("test.seed", 20260101);
    RandomGenerator random = new SplittableRandom(seed);
    for (int i = 0; i < TRIES; i++) {
      String head = head(random);
      String tail = random.nextBoolean() ? " SETTINGS s = 'FORMAT CSV'" : "";
      String end = random.nextBoolean() ? " ; -- FORMAT CSV" : "";
      QueryText plain = of(head + end);
      assertThat(plain.format()).as("seed %d: %s", seed, head).isEmpty();
      assertThat(plain.several()).as("seed %d: %s", seed, head).isFalse();
      QueryText formatted = of(head + " FORMAT JSON" + tail + end);
      assertThat(formatted.format()).as("seed %d: %s", seed, head).contains("JSON");
      assertThat(formatted.head().strip()).startsWith("SELECT").isEqualTo(head.strip());
      assertThat(formatted.tail()).isEqualTo(tail);
    }
  }

  private static String head(RandomGenerator random) {
    StringBuilder head = new StringBuilder("SELECT ");
    int size = random.nextInt(8);
    for (int i = 0; i < size; i++) {
      head.append(PIECES[random.nextInt(PIECES.length)]).append(' ');
    }
    return head.append("z").toString();
  }

  private static QueryText of(String sql) {
    return QueryText.of(sql.getBytes(StandardCharsets.UTF_8));
  }
}
