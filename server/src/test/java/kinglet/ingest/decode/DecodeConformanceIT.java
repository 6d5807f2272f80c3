// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.NativeWriter;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import kinglet.testkit.TestEngine;
import kinglet.type.Block;
import kinglet.type.BlockCodec;
import kinglet.type.BlockMerger;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.MergedBlock;
import kinglet.type.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What ClickHouse accepts we accept with the same value, what it refuses we refuse; but for the
/// [Deliberate] differences.
final class DecodeConformanceIT {
  private static final int JSON_ROWS = 1_000;
  private static final int CSV_ROWS = 500;
  private static final int SHOWN_MAX = 25;
  private static final String REFUSED = "refused";

  /// Lines that are errors whatever an unfinished row before them is in the middle of.
  private static final String GUARD =
      ("x]}]}]}" + "x".repeat(60) + "\n").concat("x\"x]}]}]}" + "x".repeat(60) + "\n");

  private static final Map<String, String> ENGINE_SETTINGS =
      Map.of(
          "date_time_input_format", "best_effort",
          "input_format_null_as_default", "0",
          "precise_float_parsing", "1",
          "input_format_csv_deserialize_separate_columns_into_tuple", "0",
          "input_format_parallel_parsing", "0",
          "input_format_allow_errors_num", "1000000",
          "input_format_allow_errors_ratio", "1");

  private static final TestEngine ENGINE = TestEngine.shared();
  private static final ClickHouse CLICKHOUSE = ENGINE.client();
  private static final String DATABASE = ENGINE.newDatabase();

  private enum Format {
    JSON("JSONEachRow") {
      @Override
      String line(int row, String value) {
        return "{\"n\":" + row + ",\"v\":" + value + "}";
      }
    },
    CSV("CSV") {
      @Override
      String line(int row, String value) {
        return row + "," + value;
      }
    };

    final String engine;

    Format(String engine) {
      this.engine = engine;
    }

    abstract String line(int row, String value);

    RowDecoder.Decoded decode(RowDecoder decoder, byte[] body) {
      return this == JSON ? decoder.ndjson(body) : decoder.csv(body, CsvDialect.STANDARD);
    }
  }

  /// What became of a value here and there; null where it was refused.
  private record Difference(String value, String engine, String ours) {
    @Override
    public String toString() {
      return "  " + value + "\n      ClickHouse: " + engine + "\n      Kinglet:    " + ours;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "String",
        "FixedString(3)",
        "Int8",
        "Int16",
        "Int32",
        "Int64",
        "Int128",
        "Int256",
        "UInt8",
        "UInt16",
        "UInt32",
        "UInt64",
        "UInt128",
        "UInt256",
        "Float32",
        "Float64",
        "Decimal(5, 2)",
        "Decimal(18, 6)",
        "Decimal(38, 10)",
        "Decimal(76, 30)",
        "Decimal(9, 0)",
        "Bool",
        "Date",
        "Date32",
        "DateTime",
        "DateTime('Europe/Berlin')",
        "DateTime64(3)",
        "DateTime64(9)",
        "DateTime64(0, 'America/New_York')",
        "UUID",
        "IPv4",
        "IPv6",
        "Enum8('a' = 1, 'b' = -2, '3' = 2)",
        "Enum16('x' = 1000, '\u00e9' = 1)",
        "Nullable(Int32)",
        "Nullable(String)",
        "Nullable(Float64)",
        "Nullable(DateTime)",
        "Nullable(Bool)",
        "LowCardinality(String)",
        "LowCardinality(Nullable(String))",
        "SimpleAggregateFunction(sum, UInt64)",
        "Array(Int32)",
        "Array(String)",
        "Array(Nullable(Float64))",
        "Array(Array(UInt8))",
        "Array(Tuple(UInt8, String))",
        "Map(String, Int32)",
        "Map(UInt8, Array(String))",
        "Map(LowCardinality(String), Nullable(Date))",
        "Tuple(UInt8, String)",
        "Tuple(a Int32, b Nullable(String))",
        "Tuple(a Tuple(b UInt8), c Array(Date))",
        "Nested(a UInt8, b String)",
        "Point",
        "Ring",
        "JSON"
      })
  void valuesAreDecodedAsClickHouseDoes(String type) {
    Seed seed = Seed.next();
    RandomValues values = new RandomValues(seed.random());
    Schema schema = Schema.of(Column.of("n", "UInt64"), Column.of("v", type));
    var parsed = schema.column(1).type();
    List<String> json =
        IntStream.range(0, JSON_ROWS).mapToObj(_ -> values.json(parsed)).distinct().toList();
    List<String> csv =
        IntStream.range(0, CSV_ROWS).mapToObj(_ -> values.csv(parsed)).distinct().toList();
    Comparison comparison = new Comparison(schema, type);
    String report = comparison.report(Format.JSON, json) + comparison.report(Format.CSV, csv);
    assertThat(report).as("%s %s", seed, type).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          Int32                    | 5
          Int32                    | -0
          Int32                    | 1.9
          Int32                    | true
          Int8                     | 300
          Int128                   | 12345678901234567890123
          UInt64                   | '7'
          Float64                  | 1.5
          Float32                  | 0.1
          Float64                  | -0
          Decimal(10, 2)           | 0.29
          Decimal(10, 2)           | 3
          String                   | 1.50
          String                   | 007
          String                   | true
          String                   | 'a"b'
          String                   | 'it\\'s'
          FixedString(3)           | 'ab'
          LowCardinality(String)   | 'web'
          Bool                     | true
          Bool                     | 1
          Date                     | 20200102
          Date                     | '2020-01-02'
          DateTime('Asia/Tokyo')   | 1600000000
          DateTime('Asia/Tokyo')   | '2020-01-02 03:04:05'
          DateTime64(3)            | 1600000000
          DateTime64(3)            | '2020-01-02 03:04:05.678'
          Enum8('a' = 1, 'b' = 2)  | 'b'
          UUID                     | '61f0c404-5cb3-11e7-907b-a6006ad3dba0'
          IPv4                     | '10.0.0.1'
          Nullable(Int32)          | 5
          Nullable(String)         | 'x'
          Array(UInt8)             | [1, 2]
          Array(UInt8)             | '[1, 2]'
          JSON                     | '{"a":1}'
          """)
  void defaultsAreThoseOfClickHouse(String type, String expression) {
    Schema schema =
        Schema.of(Column.of("n", "UInt64"), Column.of("v", type).withDefault(expression));
    Comparison comparison = new Comparison(schema, type + " DEFAULT " + expression);
    assertThat(comparison.defaults()).isEmpty();
  }

  /// Compares texts of values of one type.
  private static final class Comparison {
    private final Schema schema;
    private final String type;

    Comparison(Schema schema, String type) {
      this.schema = schema;
      this.type = type;
      boolean nested = schema.column(1).type() instanceof DataType.Nested;
      create("theirs", nested ? schema.column(1).type().wire().sql() : type);
      create("ours", type);
    }

    private static void create(String table, String type) {
      String name = DATABASE + "." + table;
      execute("DROP TABLE IF EXISTS " + name);
      execute("CREATE TABLE " + name + " (n UInt64, v " + type + ") ENGINE = Memory");
    }

    String report(Format format, List<String> values) {
      List<Difference> differences = differences(format, values);
      if (differences.isEmpty()) {
        return "";
      }
      StringBuilder report =
          new StringBuilder("\n")
              .append(format)
              .append(": ")
              .append(differences.size())
              .append(" values differ\n");
      differences.stream()
          .limit(SHOWN_MAX)
          .forEach(difference -> report.append(difference).append('\n'));
      return report
          .append("shrunk:\n")
          .append(shrunk(format, differences.getFirst()))
          .append('\n')
          .toString();
    }

    /// What differs in rows that do not say the value.
    List<Difference> defaults() {
      List<String> rows = List.of("{\"n\":0}", "{\"n\":1,\"v\":null}");
      insertOurs(Format.JSON, rows);
      long unused =
          CLICKHOUSE.insert(
              InsertTarget.of(DATABASE, "theirs", List.of("n", "v"), "JSONEachRow"),
              InsertBody.of(String.join("\n", rows).getBytes(ISO_8859_1)));
      Map<Integer, String> theirs = values("theirs");
      Map<Integer, String> ours = values("ours");
      return IntStream.range(0, rows.size())
          .mapToObj(i -> new Difference(rows.get(i), theirs.get(i), ours.get(i)))
          .filter(row -> !row.engine().equals(row.ours()))
          .toList();
    }

    /// Takes characters away as long as the value still differs.
    private Difference shrunk(Format format, Difference found) {
      Difference smallest = found;
      while (true) {
        String value = smallest.value();
        List<String> shorter =
            IntStream.range(0, value.length())
                .mapToObj(i -> value.substring(0, i) + value.substring(i + 1))
                .distinct()
                .toList();
        List<Difference> left = shorter.isEmpty() ? List.of() : differences(format, shorter);
        if (left.isEmpty()) {
          return smallest;
        }
        smallest = left.getFirst();
      }
    }

    private List<Difference> differences(Format format, List<String> values) {
      execute("TRUNCATE TABLE " + DATABASE + ".theirs");
      execute("TRUNCATE TABLE " + DATABASE + ".ours");
      insertTheirs(format, values, 0, values.size());
      insertOurs(
          format,
          IntStream.range(0, values.size()).mapToObj(i -> format.line(i, values.get(i))).toList());
      Map<Integer, String> theirs = values("theirs");
      Map<Integer, String> ours = values("ours");
      List<Difference> differences = new ArrayList<>();
      for (int i = 0; i < values.size(); i++) {
        String engine = theirs.getOrDefault(i, REFUSED);
        String own = ours.getOrDefault(i, REFUSED);
        if (!engine.equals(own) && !isDeliberate(format, values.get(i), engine, own)) {
          differences.add(new Difference(values.get(i), engine, own));
        }
      }
      return differences;
    }

    private boolean isDeliberate(Format format, String value, String engine, String own) {
      DataType column = schema.column(1).type();
      boolean json = format == Format.JSON;
      return engine.equals(REFUSED) && Deliberate.isAccepted(column, json, value)
          || own.equals(REFUSED) && Deliberate.isRefused(column, json, value)
          || Deliberate.isOther(column, value);
    }

    /// Some errors end an insert; then its halves are tried.
    private void insertTheirs(Format format, List<String> values, int from, int to) {
      StringBuilder body = new StringBuilder();
      for (int i = from; i < to; i++) {
        body.append(format.line(i, values.get(i))).append('\n').append(GUARD);
      }
      try {
        long unused =
            CLICKHOUSE.insert(
                InsertTarget.of(DATABASE, "theirs", List.of("n", "v"), format.engine)
                    .withSettings(ENGINE_SETTINGS),
                InsertBody.of(body.toString().getBytes(ISO_8859_1)));
      } catch (PlatformException e) {
        if (to - from > 1) {
          int middle = (from + to) / 2;
          insertTheirs(format, values, from, middle);
          insertTheirs(format, values, middle, to);
        }
      }
    }

    private void insertOurs(Format format, List<String> lines) {
      RowDecoder decoder = new RowDecoder(schema, DecodeLimits.DEFAULTS);
      BlockMerger merger = new BlockMerger(schema);
      for (String line : lines) {
        for (Block block : format.decode(decoder, line.getBytes(ISO_8859_1)).rows()) {
          merger.add(BlockCodec.encode(block), 0, 0);
        }
      }
      for (MergedBlock block : merger.merged()) {
        List<String> columns = NativeWriter.columnNames(block.block(), false);
        long unused =
            CLICKHOUSE.insert(
                InsertTarget.of(DATABASE, "ours", columns, "Native"),
                InsertBody.writing(out -> NativeWriter.write(block, false, out)));
      }
    }

    private String shown(String table) {
      return switch (schema.column(1).type()) {
        // ClickHouse stores numbers that the enum does not have, and cannot show them.
        case DataType.Enum _ -> "toInt16(v)";
        case DataType.Nested(var elements) when table.equals("ours") ->
            elements.stream()
                .map(element -> "v." + element.name())
                .collect(Collectors.joining(", ", "toString(tuple(arrayZip(", ")))"));
        default -> "toString(tuple(v))";
      };
    }

    private Map<Integer, String> values(String table) {
      Map<Integer, String> values = new TreeMap<>();
      String rows =
          CLICKHOUSE.text(
              Statement.of(
                  Role.ADMIN, "SELECT n, " + shown(table) + " FROM " + DATABASE + "." + table));
      for (String row : rows.split("\n")) {
        int tab = row.indexOf('\t');
        if (tab > 0) {
          values.put(Integer.parseInt(row.substring(0, tab)), row.substring(tab + 1));
        }
      }
      return values;
    }

    private static void execute(String sql) {
      CLICKHOUSE.execute(
          Statement.of(Role.ADMIN, sql)
              .withSettings(Map.of("allow_suspicious_low_cardinality_types", "1")));
    }
  }
}
