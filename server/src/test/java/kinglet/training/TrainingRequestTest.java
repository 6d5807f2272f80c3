// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a training set is asked for is read or refused.
final class TrainingRequestTest {
  private static final String WHOLE =
      "{\"name\":\"january\",\"features\":[\"counts:n\"],\"spine\":{\"datasource\":\"reads\"},\"time\":\"ts\","
          + "\"mode\":\"corrected\",\"format\":\"csv\",\"with\":[\"status\"],\"since\":\"before\",\"journal_seq\":7,"
          + "\"history\":{\"orders\":\"snapshots.orders\"}}";

  @Test
  void aWholeOneIsRead() {
    TrainingRequest read = TrainingRequest.read(WHOLE, Optional.empty());
    assertThat(read.throughSeq()).hasValue(7);
    assertThat(read.statuses()).isTrue();
    assertThat(read.since()).contains("before");
    assertThat(read.mode()).isEqualTo("corrected");
  }

  /// A field of another type is no field that is not there.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "journal_seq|-1",
        "journal_seq|1.5",
        "journal_seq|\"7\"",
        "journal_seq|99999999999999999999",
        "since|5",
        "since|[\"before\"]",
        "with|\"status\"",
        "with|{\"status\":1}",
        "mode|{}",
        "format|[]"
      })
  void whatIsNotWhatItShouldBeIsRefused(String field, String value) {
    String json =
        WHOLE.replaceFirst(
            "\"" + field + "\":(\\[[^]]*]|[^,]*),", "\"" + field + "\":" + value + ",");
    assertThat(json).isNotEqualTo(WHOLE);
    assertThatThrownBy(() -> TrainingRequest.read(json, Optional.empty()))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining(field);
  }

  @Test
  void anyTextIsReadOrRefused() {
    List<String> pieces =
        List.of(
            "null", "1e99", "[", "{", "\"", ",", ":", "}", "\\", "\"\"", "[]", "{}", "true", "é");
    Seed seed = Seed.next();
    for (int i = 0; i < 20_000; i++) {
      RandomGenerator random = seed.round(i).random();
      StringBuilder json = new StringBuilder(WHOLE);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(json.length());
        if (random.nextBoolean()) {
          json.delete(at, Math.min(json.length(), at + 1 + random.nextInt(10)));
        }
        json.insert(Math.min(at, json.length()), pieces.get(random.nextInt(pieces.size())));
      }
      try {
        TrainingRequest _ = TrainingRequest.read(json.toString(), Optional.empty());
      } catch (PlatformException e) {
        assertThat(e.code()).as("%s", seed.round(i)).isEqualTo(TrainingError.INVALID_TRAINING_SET);
      }
    }
  }
}
