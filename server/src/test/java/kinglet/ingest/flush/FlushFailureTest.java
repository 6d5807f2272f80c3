// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kinglet.clickhouse.ClickHouseError;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;

final class FlushFailureTest {
  private static final String PUSHING = "Value is wrong: while pushing to view db.view_of_it. (X)";

  private static PlatformException failed(int code, String text) {
    return new PlatformException(
        ClickHouseError.QUERY_FAILED, text, Map.of("clickhouse_code", "" + code), null);
  }

  private static PlatformException failed(ClickHouseError code, String text) {
    return new PlatformException(code, text);
  }

  @Test
  void troubleWithTheEngineIsRepeatedForEver() {
    for (ClickHouseError code : ClickHouseError.values()) {
      if (code != ClickHouseError.QUERY_FAILED) {
        assertThat(FlushFailure.of(failed(code, "x"), false))
            .as("%s", code)
            .isEqualTo(FlushFailure.PASSING);
      }
    }
    int tooManyParts = 252;
    assertThat(FlushFailure.of(failed(tooManyParts, "x"), false)).isEqualTo(FlushFailure.PASSING);
  }

  @Test
  void valuesNobodyCanStoreAreTheRowsFault() {
    int violatedConstraint = 469;
    assertThat(FlushFailure.of(failed(violatedConstraint, "x"), true)).isEqualTo(FlushFailure.ROWS);
  }

  @Test
  void aViewThatThrowsIsTheViewsFault() {
    int throwIf = 395;
    PlatformException failure = failed(throwIf, PUSHING);
    assertThat(FlushFailure.of(failure, true)).isEqualTo(FlushFailure.VIEW);
    assertThat(FlushFailure.view(failure)).isEqualTo("db.view_of_it: " + PUSHING);
  }

  @Test
  void aViewThatMayRecoverIsWaitedForAWhile() {
    int unknownTable = 60;
    String missing = "Target table 'w.b' of view 'w.v' doesn't exists.";
    for (PlatformException failure :
        new PlatformException[] {
          failed(unknownTable, missing), failed(ClickHouseError.MEMORY_LIMIT, PUSHING)
        }) {
      assertThat(FlushFailure.of(failure, true)).isEqualTo(FlushFailure.PASSING);
      assertThat(FlushFailure.of(failure, false)).isEqualTo(FlushFailure.VIEW);
    }
    assertThat(FlushFailure.of(failed(unknownTable, "Table w.b doesn't exist"), false))
        .isEqualTo(FlushFailure.PASSING);
  }

  @Test
  void aBlockThatNeverArrivesWholeCannotBeRead() {
    int cannotReadAllData = 33;
    assertThat(FlushFailure.of(failed(cannotReadAllData, "x"), true))
        .isEqualTo(FlushFailure.PASSING);
    assertThat(FlushFailure.of(failed(cannotReadAllData, "x"), false)).isEqualTo(FlushFailure.ROWS);
  }
}
