// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kinglet.error.PlatformException;
import kinglet.type.Column;
import kinglet.type.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowDecoderTest {
  private static final Schema TWO =
      Schema.of(Column.of("id", "UInt32"), Column.of("name", "String"));
  private static final String ROW = "{\"id\":1,\"name\":\"x\"}";

  @ParameterizedTest
  @ValueSource(strings = {"[%s %s]", "[%s", "[%s,", "[%s] %s", "[%s]]"})
  void whatFollowsARowOfABrokenArrayIsNotLost(String form) {
    RowDecoder.Decoded decoded = decoder(TWO).json(bytes(form.replace("%s", ROW)));
    assertThat(decoded.successfulRows()).isEqualTo(1);
    assertThat(decoded.invalidLines()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", " [ ] ", ""})
  void nothingIsNoRow(String body) {
    RowDecoder.Decoded decoded = decoder(TWO).json(bytes(body));
    assertThat(decoded.successfulRows() + decoded.quarantinedRows()).isZero();
  }

  @Test
  void refusedRowsDoNotCountAsShapes() {
    List<Column> columns = new ArrayList<>();
    StringBuilder body = new StringBuilder();
    columns.add(Column.of("id", "UInt32"));
    for (int i = 0; i < 100; i++) {
      columns.add(Column.of("c" + i, "UInt32").withDefault("rand()"));
      body.append("{\"c" + i + "\":1,\"id\":\"x\"}\n");
    }
    RowDecoder.Decoded decoded = decoder(new Schema(columns)).ndjson(bytes(body.toString()));
    assertThat(decoded.quarantinedRows()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x,1\r",
        "x,1\r\n",
        "x,1",
        "\uFEFFx,1\n",
        "name,id\r\nx,1\r",
        "x,1,\n",
        "name,id,\nx,1,"
      })
  void csvLinesMayEndInEveryWay(String body) {
    Schema schema = Schema.of(Column.of("name", "String"), Column.of("id", "UInt32"));
    RowDecoder.Decoded decoded = decoder(schema).csv(bytes(body), CsvDialect.STANDARD);
    assertThat(decoded.successfulRows()).isEqualTo(1);
    assertThat(decoded.quarantinedRows()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s,%s", "%s%s", "%s, %s,", " %s %s ", "%s,\n%s,\n"})
  void aLineMayHoldSeveralRows(String form) {
    RowDecoder.Decoded decoded = decoder(TWO).ndjson(bytes(form.replace("%s", ROW)));
    assertThat(decoded.successfulRows()).isEqualTo(2);
    assertThat(decoded.quarantinedRows()).isZero();
  }

  @Test
  void ofTheRowsOfALineOnlyTheWrongOneIsRefused() {
    RowDecoder.Decoded decoded = decoder(TWO).ndjson(bytes(ROW + ",{\"id\":\"x\"}," + ROW));
    assertThat(decoded.successfulRows()).isEqualTo(2);
    assertThat(decoded.quarantinedRows()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s x", "%s,,%s", ",%s", "%s]", "[%s]"})
  void aLineWithAnythingElseIsRefusedAsAWhole(String form) {
    RowDecoder.Decoded decoded = decoder(TWO).ndjson(bytes(form.replace("%s", ROW)));
    assertThat(decoded.successfulRows()).isZero();
    assertThat(decoded.quarantinedRows()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null,\"id\":1", "1,\"id\":null", "1,\"id\":1", "null,\"id\":null"})
  void aKeyMayStandOnlyOnce(String values) {
    RowDecoder.Decoded decoded =
        decoder(TWO).ndjson(bytes("{\"name\":\"\",\"id\":" + values + "}"));
    assertThat(decoded.quarantinedRows()).isEqualTo(1);
  }

  @Test
  void csvSaysNullAlsoWhereThereIsADefault() {
    Schema schema = Schema.of(Column.of("v", "Nullable(UInt8)").withDefault("7"));
    RowDecoder.Decoded decoded = decoder(schema).csv(bytes("\\N\n\"\\N\"\n"), CsvDialect.STANDARD);
    assertThat(decoded.successfulRows()).isEqualTo(1);
    assertThat(decoded.quarantinedRows()).isEqualTo(1);
    assertThat(decoded.rows().getFirst().streams().getFirst().getFirst())
        .extracting(run -> run.array()[run.offset()])
        .isEqualTo((byte) 1);
  }

  @Test
  void aCsvDialectSaysWhatSeparatesQuotesAndEscapes() {
    CsvDialect dialect =
        new CsvDialect(
            (byte) ';', (byte) '\'', (byte) '\\', (byte) '\r', CsvDialect.Header.PRESENT);
    RowDecoder.Decoded decoded =
        decoder(TWO).csv(bytes("name;id;other\ra\\;b;1;x\r'it\\'s; ''';2;\r"), dialect);
    assertThat(decoded.successfulRows()).isEqualTo(2);
    assertThat(decoded.rows().getFirst().streams().get(1).getFirst())
        .extracting(run -> new String(run.array(), run.offset(), run.length(), ISO_8859_1))
        .isEqualTo("\3a;b\7it's; '");
  }

  @Test
  void withoutAHeaderAColumnsNameIsAValue() {
    CsvDialect dialect =
        new CsvDialect((byte) ',', (byte) '"', (byte) 0, (byte) '\n', CsvDialect.Header.ABSENT);
    Schema schema = Schema.of(Column.of("name", "String"));
    assertThat(decoder(schema).csv(bytes("name\n"), dialect).successfulRows()).isEqualTo(1);
  }

  @Test
  void aHeaderThatNamesAColumnTwiceIsRefused() {
    assertThatThrownBy(() -> decoder(TWO).csv(bytes("id,id\n1,2\n"), CsvDialect.STANDARD))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("'id' twice");
  }

  private static RowDecoder decoder(Schema schema) {
    return new RowDecoder(schema, DecodeLimits.DEFAULTS);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
