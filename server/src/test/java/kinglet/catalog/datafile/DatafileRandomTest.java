// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import kinglet.catalog.Finding;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;

/// Any text is read or refused with a place; nothing else happens.
final class DatafileRandomTest {
  private static final int TRIES = 20_000;
  private static final List<String> PIECES =
      List.of(
          "\n",
          "\t",
          " ",
          "`",
          "\"",
          "'",
          "(",
          ")",
          "[",
          "{",
          "}",
          ",",
          "#",
          ">",
          "%",
          "$",
          "--",
          "\\",
          "SCHEMA >\n",
          "ENGINE ",
          "NODE ",
          "SQL >\n",
          "TYPE ",
          "INCLUDE ",
          "TOKEN ",
          "DEFAULT ",
          "CODEC(",
          "`json:$.",
          "Array(",
          "Nullable(",
          "\uFEFF",
          "\u0000",
          "é",
          "😀",
          "{{ tb_secret('x') }}",
          "INDEXES >\n",
          "ENGINE_SETTINGS ",
          "NULL",
          "TTL ",
          "=");

  @Test
  void mutatedFilesAreReadOrRefused() throws IOException, URISyntaxException {
    List<ProjectFile> corpus = corpus();
    Seed seed = Seed.next();
    for (int i = 0; i < TRIES; i++) {
      RandomGenerator random = seed.round(i).random();
      ProjectFile file = corpus.get(random.nextInt(corpus.size()));
      ProjectFile mutated = new ProjectFile(file.path(), mutate(file.text(), random));
      check(List.of(mutated), seed.round(i));
    }
  }

  @Test
  void mutatedIncludesAreReadOrRefused() throws IOException, URISyntaxException {
    List<ProjectFile> corpus = corpus();
    Seed seed = Seed.next();
    for (int i = 0; i < TRIES; i++) {
      RandomGenerator random = seed.round(i).random();
      String includes = "INCLUDE \"a.incl\" \"KEY=k\" \"NAME=n\"\nINCLUDE \"b.incl\"\n";
      ProjectFile file = corpus.get(random.nextInt(corpus.size()));
      String main = random.nextBoolean() ? includes + file.text() : file.text() + "\n" + includes;
      String included = corpus.get(random.nextInt(corpus.size())).text();
      check(
          List.of(
              new ProjectFile(file.path(), mutate(main, random)),
              new ProjectFile("a.incl", mutate(included.replace("a", "$KEY"), random)),
              new ProjectFile("b.incl", mutate(includes, random))),
          seed.round(i));
    }
  }

  private static void check(List<ProjectFile> files, Seed seed) {
    Project project;
    try {
      project = new ProjectReader(false).read(files);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError("Not read, not refused (" + seed + "): " + files, e);
    }
    for (Finding finding : project.findings()) {
      assertThat(finding.message()).as("%s", seed).isNotBlank();
      int lines =
          files.stream()
              .filter(file -> file.path().equals(finding.file()))
              .mapToInt(file -> (int) file.text().lines().count())
              .sum();
      assertThat(finding.line()).as("%s", seed).isBetween(0, Math.max(1, lines));
    }
  }

  private static String mutate(String text, RandomGenerator random) {
    StringBuilder mutated = new StringBuilder(text);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(mutated.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> mutated.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 1 -> mutated.delete(at, Math.min(mutated.length(), at + 1 + random.nextInt(20)));
        case 2 -> mutated.insert(at, (char) random.nextInt(1, 0x3000));
        default -> {
          int from = random.nextInt(mutated.length() + 1);
          String piece =
              mutated.substring(from, Math.min(mutated.length(), from + random.nextInt(40)));
          mutated.insert(at, piece);
        }
      }
    }
    return mutated.toString();
  }

  private static List<ProjectFile> corpus() throws IOException, URISyntaxException {
    Path root =
        Path.of(Objects.requireNonNull(DatafileRandomTest.class.getResource("/datafiles")).toURI());
    List<ProjectFile> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        if (!path.toString().endsWith(".expected")) {
          files.add(new ProjectFile(path.getFileName().toString(), Files.readString(path)));
        }
      }
    }
    return files;
  }
}
