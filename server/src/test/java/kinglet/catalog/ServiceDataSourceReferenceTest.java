// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;

/// The page names every column with its type; `-Ddocs.write=true` writes those lists anew.
final class ServiceDataSourceReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/service-data-sources.md");

  @Test
  void thePageHasEveryColumn() throws IOException {
    String page = Files.readString(PAGE);
    Map<String, String> lists = new LinkedHashMap<>();
    for (ServiceDataSource source : ServiceDataSource.values()) {
      String begin = "<!-- columns " + source.table() + " -->\n";
      int from = page.indexOf(begin);
      int to = page.indexOf("<!-- end -->", from);
      assertThat(from).as(source.table()).isNotNegative();
      String there = page.substring(from + begin.length(), to);
      lists.put(source.table(), there);
      page = page.replace(begin + there, begin + columns(source));
    }
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page);
      return;
    }
    for (ServiceDataSource source : ServiceDataSource.values()) {
      assertThat(lists.get(source.table())).as(source.table()).isEqualTo(columns(source));
    }
  }

  @Test
  void thePageOnCompatibilityHasEveryOne() {
    CompatibilityPage.hasExactly(
        "Service data sources",
        Arrays.stream(ServiceDataSource.values())
            .filter(source -> source.fullName().startsWith(ServiceDataSource.SCHEMA + "."))
            .map(ServiceDataSource::table)
            .toList());
  }

  private static String columns(ServiceDataSource source) {
    StringBuilder list = new StringBuilder("```\n");
    source
        .columns()
        .forEach(column ->
            list.append("%-24s ".formatted(column.name())).append(column.type()).append('\n'));
    return list.append("```\n").toString();
  }
}
