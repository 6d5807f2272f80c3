// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows of training sets, as they are written.
final class TrainingFileTest {
  @TempDir Path directory;

  private TrainingFile read(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("set.ndjson"), text);
    return TrainingFile.read(file, "at", "late");
  }

  @Test
  void judgesByWholeDaysAfterThoseItLearnsFrom() throws IOException {
    String rows =
        IntStream.range(0, 100)
            .mapToObj(hour ->
                "{\"at\":\"2026-01-%02d %02d:30:00\",\"late\":%d}"
                    .formatted(1 + hour / 24, hour % 24, hour % 2))
            .collect(Collectors.joining("\n"));
    TrainingFile.Split split = read(rows).split();
    assertThat(split.cut()).isEqualTo(LocalDate.of(2026, 1, 4).atStartOfDay());
    assertThat(split.training()).hasSize(72).allMatch(row -> row.time().isBefore(split.cut()));
    assertThat(split.heldOut()).hasSize(28).noneMatch(row -> row.time().isBefore(split.cut()));
  }

  @Test
  void readsTimesWithAndWithoutFractions() throws IOException {
    TrainingFile set =
        read(
            """
            {"at":"2026-01-01 10:00:00.000001","late":true}
            {"at":"2026-01-01 10:00:00","late":0}
            """);
    assertThat(set.rows()).extracting(TrainingFile.Row::positive).containsExactly(false, true);
  }

  @Test
  void saysWhichLineIsWrong() {
    assertThatThrownBy(() -> read("{\"at\":\"2026-01-01 10:00:00\",\"late\":0}\n{\"late\":0}"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("set.ndjson, line 2: there is no column 'at'; there are late");
    assertThatThrownBy(() -> read("{\"at\":\"2026-01-01 10:00:00\",\"late\":null}"))
        .hasMessageEndingWith("line 1: the label 'late' is null");
    assertThatThrownBy(() -> read("{\"at\":\"soon\",\"late\":1}"))
        .hasMessageContaining("line 1: ")
        .hasMessageContaining("soon");
    assertThatThrownBy(() -> read("{\"at\":\"2026-01-01 10:00:00\",\"late\":0}").split())
        .hasMessage("most rows are of one day, 2026-01-01: earlier days are needed to learn from");
    assertThatThrownBy(() -> read("").split()).hasMessage("the training set has no rows");
  }
}
