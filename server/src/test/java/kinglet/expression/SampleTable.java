// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import kinglet.expression.Columns.Column;
import kinglet.type.DataType;

/// Columns of all types, and random rows with extremes, written as SQL.
final class SampleTable {
  private static final String[] TEXTS = {
    "''",
    "'a'",
    "'abc'",
    "'ABC def'",
    "'été'",
    "'日本語'",
    "'😀x'",
    "'12'",
    "'-7'",
    "'1.5'",
    "'a,b,c'",
    "'  x '",
    "'2026-01-31'",
    "'2024-02-29 23:59:59'",
    "'{\"a\": 1, \"b\": [1, \"x\"], \"c\": {\"d\": 1.5}}'",
    "'user=1'",
    "'%_'",
    "'a\\\\b'",
    "'ß'",
    "'İ'",
    "'aXbXc'",
    "repeat('ab', 20)",
    "repeat('xyz', 40)"
  };
  private static final String[][] COLUMNS = {
    {"i8", "Int8", "-128", "127", "0", "-1", "5"},
    {"u8", "UInt8", "255", "0", "1", "7"},
    {"i16", "Int16", "-32768", "32767", "0", "300", "-7"},
    {"u16", "UInt16", "65535", "0", "1", "1000"},
    {"i32", "Int32", "-2147483648", "2147483647", "0", "-1", "12345", "17"},
    {"u32", "UInt32", "4294967295", "0", "3", "99999"},
    {"i64", "Int64", "-9223372036854775808", "9223372036854775807", "0", "-1", "1700000000", "13"},
    {"u64", "UInt64", "18446744073709551615", "0", "1", "9007199254740993", "5000000000"},
    {"i128", "Int128", "toInt128('-170141183460469231731687303715884105728')", "0", "1", "-5"},
    {
      "u256",
      "UInt256",
      "0",
      "1",
      "toUInt256('115792089237316195423570985008687907853269984665640564039457584007913129639935')"
    },
    {"f32", "Float32", "0", "-0.", "1.5", "0.1", "inf", "-inf", "nan", "1e9", "-2.5"},
    {
      "f64",
      "Float64",
      "0",
      "-0.",
      "1.5",
      "0.1",
      "inf",
      "nan",
      "1e6",
      "-2.5",
      "1e-300",
      "2.5",
      "123456789.125"
    },
    {"d9", "Decimal(9, 2)", "'9999999.99'", "'-9999999.99'", "0", "'1.25'", "'-0.01'"},
    {"d18", "Decimal(18, 4)", "'99999999999999.9999'", "0", "'-1.5'", "'2.0001'"},
    {"d38", "Decimal(38, 6)", "'12345678901234567890.123456'", "0", "'-1.5'"},
    {"b", "Bool", "true", "false"},
    {"s", "String"},
    {"t", "String"},
    {"fs", "FixedString(5)", "'abc'", "'a'", "'hello'", "'été'"},
    {"lc", "LowCardinality(String)", "'a'", "''", "'été'", "'red'", "'12'"},
    {"lcn", "LowCardinality(Nullable(String))", "'a'", "NULL", "'x'"},
    {"d", "Date", "'1970-01-01'", "'2149-06-06'", "'2024-02-29'", "'2026-12-31'", "'2026-01-01'"},
    {"d32", "Date32", "'1971-01-01'", "'2100-12-31'", "'1999-12-31'", "'2024-02-29'"},
    {"dt", "DateTime", "0", "4294967295", "'2024-02-29 23:59:59'", "'2026-06-30 12:34:56'"},
    {
      "dtz",
      "DateTime('Europe/Berlin')",
      "86400",
      "1711846800",
      "1711850400",
      "1729987200",
      "1729994400"
    },
    {
      "dt3",
      "DateTime64(3)",
      "0",
      "'2024-02-29 23:59:59.999'",
      "'1970-01-02 00:00:00.001'",
      "'2105-01-01 00:00:00'"
    },
    {
      "dt6",
      "DateTime64(6, 'America/New_York')",
      "86400",
      "'2024-03-10 03:30:00.123456'",
      "'1999-12-31 23:59:59.999999'"
    },
    {"e", "Enum8('été' = -3, 'red' = 1, 'green' = 2)", "'red'", "'green'", "'été'"},
    {
      "id",
      "UUID",
      "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'",
      "'00000000-0000-0000-0000-000000000000'",
      "'ffffffff-ffff-ffff-ffff-ffffffffffff'"
    },
    {"ip", "IPv4", "'0.0.0.0'", "'255.255.255.255'", "'10.1.2.3'"},
    {"ni", "Nullable(Int32)", "NULL", "0", "-2147483648", "7"},
    {"nu", "Nullable(UInt64)", "NULL", "18446744073709551615", "3"},
    {"nf", "Nullable(Float64)", "NULL", "nan", "2.5", "-0."},
    {"ns", "Nullable(String)", "NULL", "''", "'abc'", "'日本'"},
    {"nd", "Nullable(Date)", "NULL", "'2024-02-29'", "'1970-01-01'"},
    {"ndt", "Nullable(DateTime)", "NULL", "'2024-02-29 10:20:30'"},
    {"nd9", "Nullable(Decimal(9, 2))", "NULL", "'1.25'"},
    {"ai", "Array(Int32)", "[]", "[1]", "[3, 1, 2, 1]", "[-2147483648, 2147483647]"},
    {"ak", "Array(Int64)", "[]", "[5, 4]", "[3, 1, 2]"},
    {"af", "Array(Float64)", "[]", "[1.5, -2.5]", "[0.1, nan]", "[1, 2, 3]"},
    {"ag", "Array(Float64)", "[]", "[2, 1]", "[0.5, 4]", "[3, 2, 1]"},
    {"as", "Array(String)", "[]", "['a', '', 'été']", "['b', 'a', 'b']"},
    {"an", "Array(Nullable(Int32))", "[]", "[NULL]", "[1, NULL, 2]"},
    {"aa", "Array(Array(Int32))", "[]", "[[], [1, 2]]"},
    {"m", "Map(String, Int64)", "map()", "map('a', 1, 'b', 2)", "map('', -1)"},
    {"mi", "Map(UInt8, String)", "map()", "map(1, 'x', 2, 'y')"},
    {"tu", "Tuple(Int32, String)", "(1, 'a')", "(-5, '')"},
    {"tn", "Tuple(x Float64, y String)", "(1.5, 'a')", "(-5, 'é')"}
  };

  private SampleTable() {}

  static Columns columns() {
    List<Column> columns = new ArrayList<>();
    for (String[] column : COLUMNS) {
      columns.add(new Column(column[0], DataType.parse(column[1])));
    }
    return new Columns(columns);
  }

  static String create(String table) {
    return "CREATE TABLE "
        + table
        + " (__row UInt32, "
        + columns().columns().stream()
            .map(column -> "`" + column.name() + "` " + column.type().sql())
            .collect(Collectors.joining(", "))
        + ") ENGINE = MergeTree ORDER BY __row";
  }

  static String insert(String table, int rows, RandomGenerator random) {
    StringBuilder sql = new StringBuilder("INSERT INTO " + table + " SELECT * FROM (");
    for (int row = 0; row < rows; row++) {
      sql.append(row == 0 ? "SELECT " : " UNION ALL SELECT ").append(row).append("::UInt32");
      for (String[] column : COLUMNS) {
        String[] values = column.length == 2 ? TEXTS : column;
        int first = column.length == 2 ? 0 : 2;
        String value = values[first + random.nextInt(values.length - first)];
        sql.append(", CAST(")
            .append(value)
            .append(", ")
            .append(kinglet.sql.Sql.literal(column[1]))
            .append(')');
      }
    }
    return sql.append(')').toString();
  }
}
