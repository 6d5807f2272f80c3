// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model, from rows to chances.
final class ModelTest {
  private static final Model BY_HAND =
      new Model(
          "late",
          -1,
          List.of(new Model.NumberInput("delay", 10, 5, 2, 0.5)),
          List.of(new Model.CategoryInput("hour", Map.of("7", -1.0, "18", 1.0))),
          List.of());

  private static Map<String, @Nullable Object> row(@Nullable Object delay, Object hour) {
    Map<String, @Nullable Object> row = new HashMap<>();
    row.put("delay", delay);
    row.put("hour", hour);
    return row;
  }

  private static double logistic(double sum) {
    return 1 / (1 + Math.exp(-sum));
  }

  @Test
  void addsWhatEachColumnWeighs() {
    assertThat(BY_HAND.chance(row(15L, 18L))).isEqualTo(logistic(-1 + 2 * 1 + 1));
    assertThat(BY_HAND.chance(row(7.5, 7L))).isEqualTo(logistic(-1 - 2 * 0.5 - 1));
    assertThat(BY_HAND.chance(row(null, 3L))).as("nothing known").isEqualTo(logistic(-1 + 0.5));
  }

  @Test
  void namesAColumnThatIsNotThereOrNoNumber() {
    assertThatThrownBy(() -> BY_HAND.chance(Map.of("hour", 3L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no column 'delay'; there are hour");
    assertThatThrownBy(() -> BY_HAND.chance(row("much", 3L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the column 'delay' is no number but 'much'");
  }

  @Test
  void isTheSameAfterItWasWritten(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("models/late.json");
    BY_HAND.write(file);
    assertThat(Model.read(file)).isEqualTo(BY_HAND);
    Files.writeString(file, "{\"late\":1}");
    assertThatThrownBy(() -> Model.read(file))
        .hasMessage(file + " is no model that train has written");
  }

  @Test
  void isLearnedFromWhatFollowsIt() {
    SplittableRandom random = new SplittableRandom(7);
    List<TrainingFile.Row> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Map<String, @Nullable Object> row =
          row(
              random.nextInt(10) == 0 ? null : 10 + 5 * random.nextGaussian(),
              random.nextInt(2) == 0 ? "7" : "18");
      rows.add(
          new TrainingFile.Row(
              LocalDateTime.of(2026, 1, 1, 0, 0).plusMinutes(i),
              random.nextDouble() < BY_HAND.chance(row),
              row));
    }
    Model learned = new Trainer("late", List.of("delay"), List.of("hour")).fit(rows);
    for (Object delay : new @Nullable Object[] {null, 2.0, 10.0, 14.0}) {
      for (String hour : List.of("7", "18")) {
        assertThat(learned.chance(row(delay, hour)))
            .as(delay + " at " + hour)
            .isCloseTo(BY_HAND.chance(row(delay, hour)), within(0.05));
      }
    }
    Judgement judgement = new Judgement(rows);
    assertThat(judgement.score("share", Judgement.share(rows, _ -> "")).auc()).isEqualTo(0.5);
    assertThat(judgement.score("model", row -> learned.chance(row.columns())).auc())
        .isGreaterThan(
            judgement
                .score(
                    "share by hour",
                    Judgement.share(rows, row -> String.valueOf(row.columns().get("hour"))))
                .auc());
  }

  @Test
  void isNotLearnedWhereAlwaysTheSameHappens() {
    List<TrainingFile.Row> rows =
        List.of(new TrainingFile.Row(LocalDateTime.of(2026, 1, 1, 0, 0), true, row(1, "7")));
    assertThatThrownBy(() -> new Trainer("late", List.of("delay"), List.of()).fit(rows))
        .hasMessage("all 1 rows to learn from have the same late");
  }
}
