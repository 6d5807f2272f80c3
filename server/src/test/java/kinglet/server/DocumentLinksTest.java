// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The documents' links lead to files, and every page is reached from the index.
final class DocumentLinksTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)");

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(HOME.resolve("docs"))) {
      return docs.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }

  private static List<Path> links(Path page) throws IOException {
    List<Path> links = new ArrayList<>();
    Matcher link = LINK.matcher(Files.readString(page));
    while (link.find()) {
      links.add(page.resolveSibling(link.group(1)).normalize());
    }
    return links;
  }

  @Test
  void linksLeadToFiles() throws IOException {
    List<Path> all = new ArrayList<>(pages());
    all.add(HOME.resolve("README.md"));
    all.remove(HOME.resolve("docs/adr/0000-template.md"));
    for (Path page : all) {
      for (Path link : links(page)) {
        assertThat(link).as("a link in %s", HOME.relativize(page)).exists();
      }
    }
  }

  @Test
  void everyPageIsInAnIndex() throws IOException {
    List<Path> indexed = new ArrayList<>(links(HOME.resolve("docs/README.md")));
    indexed.addAll(links(HOME.resolve("docs/adr/README.md")));
    indexed.add(HOME.resolve("docs/README.md"));
    for (Path page : pages()) {
      if (!page.getParent().endsWith("benchmarks")) {
        assertThat(indexed).contains(page);
      }
    }
  }
}
