// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.feature.BatchRequest.With;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BatchRequestTest {
  private static final String WHOLE =
      """
      {"keys": {"user_id": ["u1", null, "u3"], "item": [1, 2.0, -3]},
       "request": {"cart": [1.5, "2", true], "tags": [["a", "b"], [], "c"]},
       "as_of": "2026-11-23T10:00:00.000001Z", "with": ["status", "interval"]}\
      """;

  private static BatchRequest read(String json) {
    return BatchRequest.read(json.getBytes(StandardCharsets.UTF_8), 100);
  }

  @Test
  void columnsKeepWhatWasSent() {
    BatchRequest request = read(WHOLE);
    assertThat(request.rows()).isEqualTo(3);
    assertThat(request.asOfMicros()).hasValue(1_795_428_000_000_001L);
    assertThat(request.with()).isEqualTo(Set.of(With.STATUS, With.INTERVAL));
    assertThat(request.request().get("tags").text(0)).isEqualTo("a,b");
    assertThat(request.keys().get("user_id").text(1)).isNull();
    assertThat(request.keys().get("item").as(new DataType.Int(32, true)).bits(2)).isEqualTo(-3);
    assertThatThrownBy(() -> request.keys().get("item").as(new DataType.Int(32, false)))
        .hasMessageContaining("keys.item[2] is not a UInt32");
    assertThatThrownBy(() -> request.keys().get("user_id").as(new DataType.StringType()))
        .hasMessageContaining("keys.user_id[1] is not a String");
    assertThatThrownBy(() -> request.request().get("tags").as(new DataType.StringType()))
        .hasMessageContaining("request.tags[0] is not a String");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | must be an object",
        "{\"keys\": [] } | keys must be an object",
        "{\"keys\": {\"a\": 1}} | keys.a must be an array",
        "{\"keys\": {\"a\": [{}]}} | keys.a[0] is neither",
        "{\"keys\": {\"a\": [[[1]]]}} | keys.a[0] is neither",
        "{\"keys\": {\"a\": [1]}, \"request\": {\"a\": [1]}} | is there twice",
        "{\"keys\": {\"a\": [1], \"b\": [1, 2]}} | keys.b has 2 values",
        "{\"as_of\": 7} | as_of must be a time",
        "{\"as_of\": \"+999999999-12-31T23:59:59Z\"} | as_of must be a time",
        "{\"with\": \"status\"} | with must be an array",
        "{\"with\": [\"more\"]} | with has no 'more'",
        "{\"key\": {}} | is not known",
        "{} {} | something follows",
        "{\"timeout_ms\": -1} | timeout_ms must be",
        "{\"timeout_ms\": \"1\"} | timeout_ms must be",
        "{\"partial\": 1} | partial must be",
        "{\"keys\" | not JSON"
      })
  void whatIsWrongIsSaid(String json, String says) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining(says);
  }

  /// Bytes changed anywhere are read or refused, and nothing else happens.
  @Test
  void anyBytesAreReadOrRefused() {
    Random random = new Random(20_261_123);
    byte[] letters = "{}[]\",:0123456789.eE+-nulltruefalse \\u".getBytes(StandardCharsets.UTF_8);
    DataType[] types = {
      new DataType.Int(64, true),
      new DataType.Int(256, false),
      new DataType.Decimal(38, 5),
      new DataType.Float(64),
      new DataType.StringType(),
      new DataType.DateTime64(6, "UTC"),
      new DataType.Bool()
    };
    Slot slot = new Slot();
    for (int i = 0; i < 50_000; i++) {
      byte[] json = WHOLE.getBytes(StandardCharsets.UTF_8);
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        json[random.nextInt(json.length)] = letters[random.nextInt(letters.length)];
      }
      try {
        BatchRequest request = BatchRequest.read(json, 100);
        for (RequestColumn column : request.keys().values()) {
          column.get(0, types[random.nextInt(types.length)], slot);
        }
      } catch (PlatformException e) {
        assertThat(e.code()).isInstanceOf(FeatureError.class);
      }
    }
  }

  /// A number of a few characters may have more digits than memory.
  @Test
  void hugeExponentsAreNoNumbers() {
    RequestColumn column = read("{\"keys\": {\"a\": [1e999999999]}}").keys().get("a");
    assertThatThrownBy(() -> column.as(new DataType.Int(256, true))).hasMessageContaining("a[0]");
    assertThatThrownBy(() -> column.as(new DataType.Decimal(76, 2))).hasMessageContaining("a[0]");
  }
}
