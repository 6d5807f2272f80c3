// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.testkit.TestEngine;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;

/// The page of functions is written from the registry, and every example says what ClickHouse says;
/// `-Ddocs.write=true` writes it anew.
final class FunctionReferenceIT {
  private static final Path PAGE = Path.of("../docs/reference/functions.md");
  private static final Compiler COMPILER = Compiler.in(ZoneId.of("UTC"));

  private static final String HEAD =
      """
      # Functions of features

      The scalar functions that arguments, conditions and the outputs of features may use. They are computed
      as events arrive and as features are read, without ClickHouse, with the types, values and NULLs
      ClickHouse has. Anything else is an error when a feature view is deployed; a materialized view may use
      all functions of ClickHouse.

      - The result is NULL if an argument is, unless the description says otherwise.
      - No row fails. Where ClickHouse would fail the query for a row (a division by 0, a text that is no
        number), the value is NULL, whatever its type.
      - Dates and times that a calculation takes out of the range of their type are NULL; ClickHouse does not
        define them.
      - A time without a zone is shown and read in the server's zone.
      - Integers of more than 64 bits take part in `+ - * %`, comparison and conversion, but not in functions of
        floats.

      """;

  private final ClickHouse clickHouse = TestEngine.shared().client();

  private static String row(Function function) {
    String others =
        function.names().size() > 1
            ? " Also `"
                + String.join("`, `", function.names().subList(1, function.names().size()))
                + "`."
            : "";
    String nulls =
        function.nulls() == Function.NullRule.NEVER ? " " + function.nulls().sentence() : "";
    String example =
        function.example().isEmpty()
            ? ""
            : "`" + cell(function.example()) + "` = `" + cell(result(function.example())) + "`";
    return "| <a id=\"%s\"></a>`%s` | `%s` | %s%s%s | %s |%n"
        .formatted(
            function.name().toLowerCase(java.util.Locale.ROOT),
            function.name(),
            cell(function.signature()),
            function.description(),
            nulls,
            others,
            example);
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private static String result(String sql) {
    String text = "ifNull(toString(" + sql + "), 'NULL')";
    Slot value = new Slot();
    COMPILER
        .compile(ExpressionParser.parse(text), new Columns(List.of()))
        .evaluator()
        .evaluate((column, into) -> into.setNull(), value);
    return value.text();
  }

  @Test
  void thePageListsEveryFunction() throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    for (FunctionGroup group : Functions.groups()) {
      page.append("## ").append(group.title()).append("\n\n");
      page.append("| Function | Written | Gives | Example |\n| --- | --- | --- | --- |\n");
      group.functions().forEach(function -> page.append(row(function)));
      page.append('\n');
    }
    String text = page.toString().stripTrailing() + "\n";
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, text);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(text);
  }

  @Test
  void examplesSayWhatClickHouseSays() {
    List<Function> functions =
        Functions.all().stream().filter(function -> !function.example().isEmpty()).toList();
    assertThat(functions).hasSizeGreaterThan(Functions.all().size() - 5);
    String sql =
        functions.stream()
            .map(function -> "ifNull(toString(" + function.example() + "), 'NULL')")
            .collect(Collectors.joining(", ", "SELECT arrayJoin([", "])"));
    List<String> theirs =
        clickHouse
            .text(
                Statement.of(Role.ADMIN, sql)
                    .withSetting("session_timezone", "UTC")
                    .withFormat("TSVRaw"))
            .lines()
            .toList();
    List<String> ours = new ArrayList<>();
    functions.forEach(function -> ours.add(result(function.example())));
    for (int i = 0; i < functions.size(); i++) {
      assertThat(ours.get(i)).as(functions.get(i).example()).isEqualTo(theirs.get(i));
    }
  }

  /// A name that ClickHouse reads in another case, or as another function, would change its meaning
  /// between features and queries.
  @Test
  void namesAreThoseOfClickHouse() {
    Map<String, String> wrong = new TreeMap<>();
    for (Function function : Functions.all()) {
      for (String name : function.names()) {
        String known =
            clickHouse.text(
                Statement.of(
                        Role.ADMIN,
                        "SELECT if(alias_to = '', name, alias_to), case_insensitive FROM"
                            + " system.functions WHERE name = {name:String}")
                    .withParameters(Map.of("name", name)));
        String[] fields = known.split("\t", -1);
        if (fields.length < 2) {
          wrong.put(name, "unknown to ClickHouse");
        } else if (!fields[0].equals(function.name()) && !fields[0].equals(name)) {
          wrong.put(name, "is " + fields[0] + " to ClickHouse");
        } else if (function.anyCase().contains(name) && fields[1].equals("0")) {
          wrong.put(name, "is written in one case only");
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
