// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeduplicationLogsTest {
  @TempDir Path data;

  private Path table;
  private Path log;

  @BeforeEach
  void makeTable() throws IOException {
    table = data.resolve("store/abc/abcdef00");
    Path logs = Files.createDirectories(table.resolve("deduplication_logs"));
    log = logs.resolve("deduplication_log_2.txt");
    Path unused = Files.writeString(logs.resolve("deduplication_log_10.txt"), "");
    unused = Files.createDirectories(data.resolve("store/abc/without_logs"));
  }

  private void parts(String... names) throws IOException {
    for (String name : names) {
      Path unused = Files.createDirectory(table.resolve(name));
    }
  }

  private String lastLog() throws IOException {
    return Files.readString(log.resolveSibling("deduplication_log_10.txt"));
  }

  @Test
  void aClaimWithoutItsPartIsWithdrawn() throws IOException {
    Path unused = Files.writeString(log, "1\tall_1_1_0\tall_11_12\n1\tall_2_2_0\tall_21_22\n");
    parts("all_1_1_0", "tmp_insert_all_2_2_0", "detached");

    assertThat(DeduplicationLogs.repair(data)).isEqualTo(1);
    assertThat(lastLog()).isEqualTo("2\tall_2_2_0\tall_21_22\n");
    assertThat(DeduplicationLogs.repair(data)).isZero();
  }

  @Test
  void aClaimWhosePartWasMergedStays() throws IOException {
    Path unused =
        Files.writeString(
            log, "1\tall_1_1_0\ta\n1\tall_2_2_0\tb\n1\t2024-1_3_3_0\tc\n2\tall_9_9_0\td\n");
    parts("all_1_2_1", "2024-1_3_3_0_7");

    assertThat(DeduplicationLogs.repair(data)).isZero();
    assertThat(lastLog()).isEmpty();
  }

  @Test
  void aPartOfAnotherPartitionDoesNotCount() throws IOException {
    Path unused = Files.writeString(log, "1\t2024-1_3_3_0\tc\n");
    parts("2024-2_1_9_3");

    assertThat(DeduplicationLogs.repair(data)).isEqualTo(1);
  }

  @Test
  void aDroppedClaimIsNotDroppedAgain() throws IOException {
    Path unused = Files.writeString(log, "1\tall_1_1_0\ta\n2\tall_1_1_0\ta\n");

    assertThat(DeduplicationLogs.repair(data)).isZero();
  }

  @Test
  void aTornLastRecordIsCutOff() throws IOException {
    String whole = "1\tall_1_1_0\ta\n";
    parts("all_1_1_0");
    for (String torn : new String[] {"1", "1\tall_2", "1\tall_2_2_0\tb", "\0\0\0\0\n\0"}) {
      Path unused = Files.writeString(log, whole + torn);

      assertThat(DeduplicationLogs.repair(data)).isZero();
      assertThat(log).hasContent(whole);
    }
  }

  @Test
  void dataThatIsNotThereNeedsNoRepair() throws IOException {
    assertThat(DeduplicationLogs.repair(data.resolve("nothing"))).isZero();
  }
}
