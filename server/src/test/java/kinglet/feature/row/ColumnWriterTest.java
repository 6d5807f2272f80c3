// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.NativeWriter;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.feature.wire.JsonKeys;
import kinglet.feature.wire.JsonValues;
import kinglet.testkit.TestEngine;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.MergedBlock;
import kinglet.type.RowRun;
import kinglet.type.Schema;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.junit.jupiter.api.Test;

/// Values written for ClickHouse are those that ClickHouse reads.
final class ColumnWriterTest {
  private static final int ROWS = 500;
  private static final List<String> TYPES =
      List.of(
          "Int8",
          "UInt16",
          "Int32",
          "UInt64",
          "Int128",
          "UInt256",
          "Float32",
          "Float64",
          "Decimal(9, 2)",
          "Decimal(38, 5)",
          "Bool",
          "Date",
          "DateTime('UTC')",
          "DateTime64(6, 'UTC')",
          "String",
          "LowCardinality(String)",
          "UUID",
          "Enum8('a' = 3, 'b' = -7)",
          "Nullable(Int32)",
          "Nullable(String)",
          "Array(Nullable(Int16))",
          "Array(Array(String))",
          "Map(String, UInt8)",
          "Tuple(a Int8, b Nullable(String))",
          "Array(Tuple(Int32, String))");

  private final Random random = new Random(20_261_123);
  private final List<Column> columns = new ArrayList<>();

  @Test
  void clickHouseReadsWhatIsWritten() throws IOException {
    TYPES.forEach(type -> columns.add(Column.of("c" + columns.size(), type)));
    List<Bytes> streams = new ArrayList<>();
    Bytes binary = new Bytes(1024);
    List<ColumnWriter> writers = new ArrayList<>();
    RowBinaryOutput rows = new RowBinaryOutput(binary);
    for (Column column : columns) {
      writers.add(
          ColumnWriter.of(
              column.type(),
              () -> {
                streams.add(new Bytes(64));
                return streams.getLast();
              }));
    }
    Bytes expected = new Bytes(1024);
    JsonValues json = new JsonValues(expected);
    Slot slot = new Slot();
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < columns.size(); i++) {
        fill(columns.get(i).type(), slot);
        writers.get(i).add(slot);
        rows.write(columns.get(i).type(), slot);
        json.raw((i == 0 ? "{" : ",") + "\"" + columns.get(i).name() + "\":");
        json.write(columns.get(i).type(), slot);
      }
      json.raw("}\n");
    }
    List<List<ByteRun>> runs =
        streams.stream().map(one -> List.of(new ByteRun(one.array(), 0, one.size()))).toList();
    Block block = new Block(new Schema(columns), ROWS, new BitSet(), runs);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NativeWriter.write(new MergedBlock(block, List.of(new RowRun(0, 0, ROWS))), false, out);
    String sent = new String(expected.toArray(), StandardCharsets.UTF_8);
    assertThat(read("Native", out.toByteArray())).isEqualTo(sent);
    assertThat(read("RowBinary", binary.toArray())).isEqualTo(sent);
  }

  private String read(String format, byte[] bytes) {
    ClickHouse clickHouse = TestEngine.shared().client();
    String database = TestEngine.shared().newDatabase();
    String types =
        columns.stream()
            .map(column -> column.name() + " " + column.type().sql())
            .collect(Collectors.joining(", "));
    clickHouse.execute(
        Statement.of(
            Role.ADMIN, "CREATE TABLE " + database + ".t (" + types + ") ENGINE = Memory"));
    long unused =
        clickHouse.insert(InsertTarget.of(database, "t", List.of(), format), InsertBody.of(bytes));
    return clickHouse.text(
            Statement.of(Role.READER, "SELECT * FROM " + database + ".t")
                .withFormat("JSONEachRow")
                .withSetting("output_format_json_quote_64bit_integers", "0"))
        + "\n";
  }

  private void fill(DataType type, Slot into) {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        fill(inner, into);
        if (random.nextInt(3) == 0) {
          into.setNull();
        }
      }
      case DataType.LowCardinality(DataType inner) -> fill(inner, into);
      case DataType.Array(DataType element) -> into.setObject(list(element, random.nextInt(4)));
      case DataType.MapOf(DataType key, DataType value) -> {
        ListValue.Builder keys = ListValue.builder(Shape.of(key), 4);
        int size = random.nextInt(4);
        Slot slot = new Slot();
        for (int i = 0; i < size; i++) {
          slot.setText("k" + i);
          ListValue.Builder _ = keys.add(slot);
        }
        into.setObject(new MapValue(keys.build(), list(value, size)));
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) ->
          into.setObject(
              new TupleValue(elements.stream().map(element -> list(element.type(), 1)).toList()));
      default -> assertThat(JsonKeys.read(text(type), true, type, into)).as(type.sql()).isTrue();
    }
  }

  private ListValue list(DataType type, int size) {
    ListValue.Builder values = ListValue.builder(Shape.of(type), size);
    Slot slot = new Slot();
    for (int i = 0; i < size; i++) {
      fill(type, slot);
      ListValue.Builder _ = values.add(slot);
    }
    return values.build();
  }

  private String text(DataType type) {
    int digit = 1 + random.nextInt(9);
    return switch (type) {
      case DataType.Int(int bits, boolean signed) -> {
        BigInteger number = new BigInteger(signed ? bits - 1 : bits, random);
        yield (signed && random.nextBoolean() ? number.negate() : number).toString();
      }
      case DataType.Float _ -> Double.toString((random.nextInt(2_000) - 1_000) / 8.0);
      case DataType.Decimal _ -> (random.nextInt(2_000) - 1_000) + "." + digit;
      case DataType.Bool _ -> random.nextBoolean() ? "true" : "false";
      case DataType.Date _ -> "20" + (10 + random.nextInt(80)) + "-0" + digit + "-11";
      case DataType.DateTime _ -> "2026-01-0" + digit + " 10:11:12";
      case DataType.DateTime64 _ -> "2026-01-01 10:11:12." + (100_000 + random.nextInt(900_000));
      case DataType.Uuid _ -> new UUID(random.nextLong(), random.nextLong()).toString();
      case DataType.Enum _ -> random.nextBoolean() ? "a" : "b";
      default -> "text \"\\\n" + "é".repeat(random.nextInt(200));
    };
  }
}
