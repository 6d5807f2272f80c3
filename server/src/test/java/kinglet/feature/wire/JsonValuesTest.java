// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class JsonValuesTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Bytes out = new Bytes(0);
  private final JsonValues json = new JsonValues(out);

  private String written() {
    return new String(out.toArray(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "views_1h", "a b~", "é", "a\"b", "\\", "\u0000\n\t", "~\u007f", "日本", "a🙂b"})
  void quotedTextReadsBackAsItself(String text) {
    json.quoted(text);
    assertThat(MAPPER.readTree(written()).asString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"a\":1}", "\"é\"", "[\"a\",\"日本\"]"})
  void rawJsonIsWrittenAsItStands(String text) {
    out.putByte(' ');
    json.raw(text);
    assertThat(written()).isEqualTo(" " + text);
  }

  @Test
  void realsReadBackAsThemselves() {
    Random random = new Random(4);
    Slot slot = new Slot();
    for (int i = 0; i < 10_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        out.clear();
        slot.setReal(value);
        json.write(new DataType.Float(64), slot);
        assertThat(Double.parseDouble(written())).isEqualTo(value);
        assertThat(MAPPER.readTree(written()).isNumber()).isTrue();
      }
    }
  }
}
