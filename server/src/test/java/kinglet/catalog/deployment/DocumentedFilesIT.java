// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.EngineKey;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Finding;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.datafile.ProjectReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Does what the documents say: their files are deployed, their errors are made.
final class DocumentedFilesIT {
  private static final Path DOCUMENTS = Path.of("..", "docs");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(datafile|datafile-error|message)(?: (\\S+))?\\n(.*?)^```$");

  @TempDir Path folder;

  private DeploymentRig rig;

  @BeforeEach
  void open() {
    rig = new DeploymentRig(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private record Block(String kind, String path, String text) {}

  private static List<Block> blocks(String document) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(DOCUMENTS.resolve(document)));
    while (block.find()) {
      blocks.add(new Block(block.group(1), block.group(2), block.group(3)));
    }
    assertThat(blocks).isNotEmpty();
    return blocks;
  }

  private void deploy(String document) throws IOException {
    for (Block block : blocks(document)) {
      if (block.kind().equals("datafile")) {
        rig.file(block.path(), block.text());
      }
    }
    rig.deployed();
  }

  @Test
  void referenceFilesAreDeployed() throws IOException {
    rig.secrets.addAll(List.of("KAFKA_KEY", "KAFKA_SECRET"));
    deploy("reference/datafiles.md");
    assertThat(rig.source("page_views").indexes()).hasSize(1);
    assertThat(rig.current().pipe("popular_pages").orElseThrow().pipe().endpoint()).isTrue();
    assertThat(rig.current().connection("events_kafka")).isPresent();
    assertThat(rig.tokens.find(rig.workspace.id(), "tracker")).isPresent();
    assertThat(
            rig.administrator.rows(
                rig.current().pipe("popular_pages").orElseThrow().build("best").sql()))
        .isEmpty();
  }

  @Test
  void referenceErrorsAreMade() throws IOException {
    List<Block> blocks = blocks("reference/datafiles.md");
    int errors = 0;
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).kind().equals("datafile-error")) {
        errors++;
        List<Finding> findings =
            new ProjectReader(false)
                .read(List.of(new ProjectFile(blocks.get(i).path(), blocks.get(i).text())))
                .findings();
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().text() + "\n").isEqualTo(blocks.get(i + 1).text());
      }
    }
    assertThat(errors).isEqualTo(2);
  }

  @Test
  void referenceNamesEveryInstruction() throws IOException {
    String text = Files.readString(DOCUMENTS.resolve("reference/datafiles.md"));
    assertThat(Arrays.stream(EngineKey.values()).map(EngineKey::instruction))
        .allSatisfy(instruction -> assertThat(text).contains("`" + instruction));
    assertThat(Arrays.stream(EngineKind.values()).map(EngineKind::sql))
        .allSatisfy(engine -> assertThat(text).contains("`" + engine + "`"));
  }

  @Test
  void viewsOfTheGuideCount() throws IOException {
    deploy("how-to/materialized-views.md");
    rig.insert(
        "orders",
        1,
        "at, shop, customer, amount",
        "'t DateTime, s String, c String, a Decimal(12, 2)',"
            + " ('2026-01-01 10:00:00', 'rome', 'ann', 10.5),"
            + " ('2026-01-01 11:00:00', 'rome', 'ann', 4),"
            + " ('2026-02-01 11:00:00', 'oslo', 'bob', 7)");
    assertThat(
            rig.administrator.rows(rig.current().pipe("shops").orElseThrow().build("result").sql()))
        .containsExactly(List.of("oslo", "1", "1", "7"), List.of("rome", "2", "1", "10.5"));
    assertThat(
            rig.rows(
                "SELECT month, countMerge(orders) FROM {shop_months} GROUP BY month ORDER BY month"))
        .containsExactly(List.of("2026-01-01", "2"), List.of("2026-02-01", "1"));
  }
}
