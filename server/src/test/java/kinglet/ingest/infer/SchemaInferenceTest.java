// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import kinglet.catalog.datafile.SchemaText;
import kinglet.error.PlatformException;
import kinglet.ingest.decode.CsvDialect;
import kinglet.ingest.decode.DecodeLimits;
import kinglet.ingest.decode.RowDecoder;
import kinglet.testkit.Seed;
import kinglet.type.Schema;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

final class SchemaInferenceTest {
  private static final int TRIES = 1_000;
  private static final SchemaInference INFERENCE = new SchemaInference(10_000, true);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final DecodeLimits LIMITS = new DecodeLimits(1_000_000, 1_000_000);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String json(String rows) {
    return INFERENCE.json(bytes(rows), true).schema();
  }

  private static String csv(String rows) {
    return INFERENCE.csv(bytes(rows), true, null).schema();
  }

  @Test
  void nestedObjectsAreFlattenedAndArraysRead() {
    assertThat(json("{\"a\":{\"b\":[1.5,2]},\"c\":1}\n{\"a\":{\"b\":[]},\"c\":40000}\n"))
        .isEqualTo("a_b Array(Float64) `json:$.a.b[:]`, c Int32 `json:$.c`");
    assertThat(json("{\"items\":[{\"id\":1,\"tags\":[\"x\"]},{\"id\":2,\"tags\":[]}]}"))
        .isEqualTo(
            "items_id Array(Int16) `json:$.items[:].id`,"
                + " items_tags Array(Array(String)) `json:$.items[:].tags[:]`");
    assertThat(json("{\"m\":[[1,2],[3]]}")).isEqualTo("m Array(Array(Int16)) `json:$.m[:]`");
    assertThat(json("{\"x y\":{\"z.w\":1}}")).isEqualTo("x_y_z_w Int16 `json:$.['x y'].['z.w']`");
  }

  @Test
  void whatIsNotAlwaysThereMayBeNull() {
    assertThat(json("{\"a\":1,\"n\":null}\n{\"b\":\"x\",\"n\":null}\n{\"l\":[1]}"))
        .isEqualTo(
            "a Nullable(Int16) `json:$.a`, n Nullable(String) `json:$.n`,"
                + " b Nullable(String) `json:$.b`, l Array(Int16) `json:$.l[:]` DEFAULT []");
    assertThat(json("{\"o\":{\"k\":1}}\n{\"o\":null}\n{}"))
        .isEqualTo("o_k Nullable(Int16) `json:$.o.k`");
    assertThat(json("{\"l\":[1,null]}")).isEqualTo("l Array(Nullable(Int16)) `json:$.l[:]`");
    Analysis analysis = INFERENCE.json(bytes("{\"a\":1}\n{\"a\":2}\n{}\n{}"), true);
    assertThat(analysis.fields().getFirst().presentShare()).isEqualTo(0.5);
    assertThat(analysis.rows()).isEqualTo(4);
  }

  @Test
  void typesAreTheNarrowestThatHoldEveryValue() {
    assertThat(json("{\"v\":true}")).isEqualTo("v Bool `json:$.v`");
    assertThat(json("{\"v\":32767}")).isEqualTo("v Int16 `json:$.v`");
    assertThat(json("{\"v\":-32769}")).isEqualTo("v Int32 `json:$.v`");
    assertThat(json("{\"v\":2147483648}")).isEqualTo("v Int64 `json:$.v`");
    assertThat(json("{\"v\":18446744073709551615}")).isEqualTo("v UInt64 `json:$.v`");
    assertThat(json("{\"v\":18446744073709551615}\n{\"v\":-1}")).isEqualTo("v Int128 `json:$.v`");
    assertThat(json("{\"v\":1}\n{\"v\":1.5}")).isEqualTo("v Float64 `json:$.v`");
    assertThat(json("{\"v\":1}\n{\"v\":\"x\"}")).isEqualTo("v String `json:$.v`");
    assertThat(json("{\"v\":\"2024-02-29\"}")).isEqualTo("v Date `json:$.v`");
    assertThat(json("{\"v\":\"2023-02-29\"}")).isEqualTo("v String `json:$.v`");
    assertThat(json("{\"v\":\"1950-01-01\"}")).isEqualTo("v Date32 `json:$.v`");
    assertThat(json("{\"v\":\"2024-01-01 10:00:00\"}\n{\"v\":\"2024-01-01T10:00:00Z\"}"))
        .isEqualTo("v DateTime `json:$.v`");
    assertThat(json("{\"v\":\"2024-01-01T10:00:00.123Z\"}"))
        .isEqualTo("v DateTime64(3) `json:$.v`");
    assertThat(json("{\"v\":\"2024-01-01T10:00:00.123456+02:00\"}"))
        .isEqualTo("v DateTime64(6) `json:$.v`");
    assertThat(json("{\"v\":\"1950-01-01 10:00:00\"}")).isEqualTo("v DateTime64(3) `json:$.v`");
    assertThat(json("{\"v\":\"123e4567-e89b-12d3-a456-426614174000\"}"))
        .isEqualTo("v UUID `json:$.v`");
    assertThat(json("{\"v\":{\"k\":1}}\n{\"v\":7}")).isEqualTo("v String `json:$.v`");
    assertThat(json("{\"v\":\"red\"}\n{\"v\":\"blue\"}\n".repeat(60)))
        .isEqualTo("v LowCardinality(String) `json:$.v`");
    assertThat(new SchemaInference(10, false).json(bytes("{\"v\":1,\"w\":[1]}"), true).schema())
        .isEqualTo("v String `json:$.v`, w Array(String) `json:$.w[:]`");
  }

  @Test
  void csvIsReadWithItsHeaderAndDialect() {
    assertThat(
            csv(
                "Id,2020 Census Tract,VIN (1-10),when,ok\n1,,AB,2024-01-01,true\n70000,2,C,2024-01-02,false\n"))
        .isEqualTo(
            "id Int32, c_2020_census_tract Nullable(Int16), vin__1_10_ String, when Date, ok Bool");
    assertThat(csv("a;b\n1,5;\"x;y\"\n")).isEqualTo("a String, b String");
    assertThat(csv("1\t2.5\n3\t4\n")).isEqualTo("column_00 Int16, column_01 Float64");
    assertThat(csv("zip\n00123\n")).isEqualTo("zip String");
    assertThat(csv("a,b\n\\N,\n")).isEqualTo("a Nullable(String), b String");
    assertThat(new SchemaInference(10, false).csv(bytes("a\n1\n"), true, null).schema())
        .isEqualTo("a String");
    Analysis analysis = INFERENCE.csv(bytes("a,b\n1,x\n,y\n"), true, null);
    assertThat(analysis.preview().toString()).isEqualTo("[{a=1, b=x}, {a=null, b=y}]");
  }

  @Test
  void documentsAndCutSamplesAreRead() {
    assertThat(json("[{\"a\":1},\n {\"a\":2}]")).isEqualTo("a Int16 `json:$.a`");
    assertThat(json("{\n  \"a\": 1\n}")).isEqualTo("a Int16 `json:$.a`");
    assertThat(INFERENCE.json(bytes("{\"a\":1}\n{\"a\":\"cu"), false).schema())
        .isEqualTo("a Int16 `json:$.a`");
    assertThat(INFERENCE.json(bytes("[{\"a\":1},{\"a\":\"cu"), false).schema())
        .isEqualTo("a Int16 `json:$.a`");
    assertThat(INFERENCE.csv(bytes("a\n1\nx"), false, null).schema()).isEqualTo("a Int16");
  }

  @Test
  void whatHoldsNoRowIsRefused() {
    for (String text : List.of("", "\n\n", "{}", "[]", "nonsense", "{\"'\":1}")) {
      assertThatThrownBy(() -> json(text))
          .as(text)
          .isInstanceOfSatisfying(
              PlatformException.class, e -> assertThat(e.code()).isEqualTo(InferenceError.NO_ROWS));
    }
    assertThatThrownBy(() -> csv("")).isInstanceOf(PlatformException.class);
    StringBuilder wide = new StringBuilder("{\"k\":0");
    for (int i = 0; i < 600; i++) {
      wide.append(",\"k").append(i).append("\":0");
    }
    assertThatThrownBy(() -> json(wide + "}"))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.code()).isEqualTo(InferenceError.TOO_MANY_COLUMNS));
  }

  @Test
  void theSchemaTakesEveryJsonRowItWasGuessedFrom() {
    Seed seed = Seed.next();
    for (int i = 0; i < TRIES; i++) {
      RandomGenerator random = seed.round(i).random();
      StringBuilder rows = new StringBuilder();
      int count = 1 + random.nextInt(6);
      for (int row = 0; row < count; row++) {
        rows.append(object(random, 0)).append('\n');
      }
      Analysis analysis;
      try {
        analysis = INFERENCE.json(bytes(rows.toString()), true);
      } catch (PlatformException e) {
        assertThat(e.code()).isEqualTo(InferenceError.NO_ROWS);
        continue;
      }
      Schema schema = SchemaText.read(analysis.schema());
      RowDecoder.Decoded decoded = new RowDecoder(schema, LIMITS).ndjson(bytes(rows.toString()));
      assertThat(decoded.quarantinedRows())
          .as("%s%n%s%n%s", seed.round(i), rows, analysis.schema())
          .isZero();
    }
  }

  @Test
  void theSchemaTakesEveryCsvRowItWasGuessedFrom() {
    Seed seed = Seed.next();
    for (int i = 0; i < TRIES; i++) {
      RandomGenerator random = seed.round(i).random();
      int columns = 1 + random.nextInt(4);
      int rows = 1 + random.nextInt(6);
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        text.append(column == 0 ? "" : ",").append("Column ").append(column);
      }
      for (int row = 0; row < rows; row++) {
        text.append('\n');
        for (int column = 0; column < columns; column++) {
          text.append(column == 0 ? "" : ",").append(field(random));
        }
      }
      Analysis analysis = INFERENCE.csv(bytes(text + "\n"), true, CsvDialect.STANDARD);
      Schema schema = SchemaText.read(analysis.schema());
      RowDecoder.Decoded decoded =
          new RowDecoder(schema, LIMITS).csv(bytes(text + "\n"), CsvDialect.STANDARD);
      assertThat(decoded.quarantinedRows())
          .as("%s%n%s%n%s", seed.round(i), text, analysis.schema())
          .isZero();
      assertThat(decoded.successfulRows())
          .as("%s%n%s", seed.round(i), text)
          .isEqualTo(analysis.rows());
    }
  }

  @Test
  void anyBytesAreAnalyzedOrRefused() {
    Seed seed = Seed.next();
    List<String> pieces =
        List.of(
            "{",
            "}",
            "[",
            "]",
            "\"a\"",
            ":",
            ",",
            "1",
            "-",
            "e9",
            "null",
            "\n",
            "\r",
            "\"",
            "\\",
            ";",
            "\t",
            "|",
            "'",
            "2024-01-01",
            "é",
            "\uFEFF",
            "\u0000",
            "true",
            "{\"a\":1}\n");
    for (int i = 0; i < TRIES; i++) {
      RandomGenerator random = seed.round(i).random();
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(20); n > 0; n--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      for (boolean complete : new boolean[] {true, false}) {
        try {
          assertThat(INFERENCE.json(bytes(text.toString()), complete).fields()).isNotEmpty();
        } catch (PlatformException e) {
          assertThat(e.code()).isInstanceOf(InferenceError.class);
        }
        try {
          Analysis analysis = INFERENCE.csv(bytes(text.toString()), complete, null);
          assertThat(SchemaText.read(analysis.schema()).size()).isEqualTo(analysis.fields().size());
        } catch (PlatformException e) {
          assertThat(e.code()).isInstanceOf(InferenceError.class);
        }
      }
    }
  }

  private static ObjectNode object(RandomGenerator random, int depth) {
    ObjectNode object = MAPPER.createObjectNode();
    List<String> keys = List.of("a", "b", "c d", "e.f", "_g", "9");
    for (int n = random.nextInt(4); n > 0; n--) {
      String key = keys.get(random.nextInt(keys.size()));
      switch (random.nextInt(depth > 2 ? 6 : 9)) {
        case 0 -> object.put(key, random.nextInt(-10, 10));
        case 1 -> object.put(key, random.nextLong());
        case 2 -> object.put(key, random.nextDouble());
        case 3 -> object.put(key, random.nextBoolean());
        case 4 -> object.putNull(key);
        case 5 -> object.put(key, field(random).replace("\"", ""));
        case 6 -> object.set(key, object(random, depth + 1));
        default -> object.set(key, array(random, depth + 1));
      }
    }
    return object;
  }

  private static ArrayNode array(RandomGenerator random, int depth) {
    ArrayNode array = MAPPER.createArrayNode();
    int kind = random.nextInt(5);
    for (int n = random.nextInt(4); n > 0; n--) {
      switch (random.nextInt(8) == 0 ? random.nextInt(5) : kind) {
        case 0 -> array.add(random.nextInt());
        case 1 -> array.add(field(random).replace("\"", ""));
        case 2 -> array.addNull();
        case 3 -> array.add(object(random, depth + 1));
        default -> array.add(depth > 3 ? MAPPER.createArrayNode() : array(random, depth + 1));
      }
    }
    return array;
  }

  private static String field(RandomGenerator random) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "",
                "x",
                "\"q,\"\"r\"",
                "1",
                "-5",
                "3.25",
                "1e5",
                "007",
                "true",
                "false",
                "\\N",
                "2024-05-06",
                "1950-05-06",
                "2024-05-06 07:08:09",
                "2024-05-06T07:08:09.123Z",
                "2024-05-06T23:08:09+02:00",
                "2024-02-30",
                "24:00:00",
                "99999999999999999999",
                "123e4567-e89b-12d3-a456-426614174000",
                "é",
                "-0",
                "2106-02-08 00:00:00",
                "1900-01-01 00:00:00+14:00",
                "2149-06-07",
                "\"\""));
    return fields.get(random.nextInt(fields.size()));
  }
}
