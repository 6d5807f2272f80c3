// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FileSegmentTest {
  private static final String COLUMN =
      "{\"name\":\"a\",\"source\":\"`a`\",\"value\":\"`a`\",\"fits\":\"1\",\"type\":\"UInt8\"}";

  @Test
  void aSegmentIsReadBack() {
    FileSegment segment =
        FileSegment.of(
            "f",
            "i",
            5,
            7,
            1,
            true,
            List.of(new FileSegment.FileColumn("a", "`a`", "`a`", "1", "UInt8")),
            List.of(new FileSegment.Condition("because", "`a` > 1")));
    assertThat(FileSegment.decode(segment.encode())).isEqualTo(segment);
  }

  @Test
  void aSegmentFromBeforeThereWereConditionsHasNone() {
    String json =
        "{\"version\":1,\"file\":\"f\",\"importId\":\"i\",\"fromRow\":0,\"rows\":3,\"misfits\":0,"
            + "\"last\":true,\"columns\":["
            + COLUMN
            + "]}";
    assertThat(FileSegment.decode(json.getBytes(StandardCharsets.UTF_8)).conditions()).isEmpty();
  }
}
