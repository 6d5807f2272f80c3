// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;

/// What is written is read back as it was, and a value never becomes an instruction.
final class DataSourceTextTest {
  private static final int TRIES = 5_000;
  private static final String FULL =
      """
      VERSION 3
      DESCRIPTION >
          Clicks of users

              indented
      TOKEN "app one" READ
      TOKEN app APPEND
      TAGS "a, b"
      # a comment
      SCHEMA >
          `at` DateTime64(3, 'UTC') `json:$.at` CODEC(Delta, ZSTD(1)),
          user String `json:$.['odd key']` DEFAULT 'no, body',
          `back\\`tick` LowCardinality(Nullable(String)) `json:$.a[:].b`,
          total `json:$.total` DEFAULT toUInt32(length(user))

      ENGINE ReplacingMergeTree
      ENGINE_SORTING_KEY user, at
      ENGINE_PARTITION_KEY 'toYYYYMM(at)'
      ENGINE_TTL "at + INTERVAL 1 DAY WHERE user != 'x'"
      ENGINE_VER at
      ENGINE_SETTINGS "index_granularity=1024, merge_with_ttl_timeout=60"
      INDEXES >
          INDEX by_user user TYPE bloom_filter(0.01) GRANULARITY 2
          by_total total TYPE minmax
      FORWARD_QUERY >
          SELECT *,
            1 AS one
      BACKFILL skip
      SHARED_WITH >
          other,
          another
      """;
  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r",
          "\u2028",
          "\u000B",
          " ",
          "    ",
          "\t",
          "\"",
          "'",
          "`",
          "#",
          " > ",
          ",",
          "(",
          ")",
          "\nTOKEN \"stolen\" APPEND\n",
          "\nSHARED_WITH >\n    other\n",
          "INCLUDE \"x.incl\"\n",
          "a",
          "ENGINE Null",
          "\\",
          "INDEX a b TYPE set(1)",
          "DEFAULT 1",
          "é",
          "😀");

  @Test
  void whatIsWrittenIsReadBackAsItWas() {
    DataSourceFile file = read(FULL);
    String written = DataSourceText.of(file).toString();
    assertSame(read(written), file);
    assertThat(DataSourceText.of(read(written)).toString()).isEqualTo(written);
    assertThat(written).doesNotContain("VERSION", "comment");
  }

  @Test
  void oneInstructionIsReplacedOrTakenAway() {
    DataSourceFile changed =
        read(
            DataSourceText.of(read(FULL))
                .block("DESCRIPTION", "Other")
                .line("ENGINE_TTL", "")
                .toString());
    assertThat(changed.description()).isEqualTo("Other");
    assertThat(changed.engine().ttl()).isEmpty();
    assertThat(changed.engine().keys()).hasSize(3);
  }

  @Test
  void aValueNeverBecomesAnInstruction() {
    Seed seed = Seed.next();
    for (int i = 0; i < TRIES; i++) {
      RandomGenerator random = seed.round(i).random();
      String text =
          new DataSourceText()
              .block("SCHEMA", "a String" + random(random))
              .block("DESCRIPTION", random(random))
              .line("ENGINE", "MergeTree" + random(random))
              .line("ENGINE_TTL", random(random))
              .block("INDEXES", random(random))
              .toString();
      Project project =
          new ProjectReader(true).read(List.of(new ProjectFile("a.datasource", text)));
      DataSourceFile file = project.dataSources().getFirst();
      assertThat(file.places().keySet())
          .as("%s%n%s", seed.round(i), text)
          .isSubsetOf("SCHEMA", "DESCRIPTION", "ENGINE", "ENGINE_TTL", "INDEXES");
      if (!project.hasErrors()) {
        assertSame(read(DataSourceText.of(file).toString()), file);
      }
    }
  }

  private static String random(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static DataSourceFile read(String text) {
    Project project = new ProjectReader(false).read(List.of(new ProjectFile("a.datasource", text)));
    assertThat(project.hasErrors()).as("%s%n%s", text, project.findings()).isFalse();
    return project.dataSources().getFirst();
  }

  private static void assertSame(DataSourceFile is, DataSourceFile expected) {
    assertThat(values(is)).isEqualTo(values(expected));
  }

  /// Everything but the places, and the indentation of an expression's further lines.
  private static List<Object> values(DataSourceFile file) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                file.description(),
                file.engine(),
                file.indexes(),
                file.tags(),
                file.sharedWith(),
                file.forwardQuery(),
                file.backfill(),
                file.settings()));
    file.columns()
        .forEach(column -> values.add(SchemaText.write(column).replaceAll("\\s*\\R\\s*", "\n")));
    file.tokens().forEach(token -> values.add(token.token() + " " + token.permission()));
    return values;
  }
}
