// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DataTypeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "String",
        "FixedString(16)",
        "UUID",
        "Int8",
        "Int256",
        "UInt8",
        "UInt256",
        "Float32",
        "Float64",
        "Decimal(76, 38)",
        "Bool",
        "Date",
        "Date32",
        "DateTime",
        "DateTime('Europe/Madrid')",
        "DateTime64(3)",
        "DateTime64(9, 'UTC')",
        "Array(Array(Nullable(String)))",
        "Tuple(UInt8, String)",
        "Tuple(a UInt8, `b c` Array(String))",
        "Nested(name String, value Nullable(Float64))",
        "LowCardinality(Nullable(String))",
        "Map(LowCardinality(String), Array(UInt64))",
        "Enum8('a' = 1, 'it\\'s' = -2)",
        "Enum16('x' = 1000)",
        "IPv4",
        "IPv6",
        "JSON",
        "JSON(max_dynamic_paths=8, a.b UInt32, SKIP c)",
        "SimpleAggregateFunction(sum, UInt64)",
        "SimpleAggregateFunction(groupArrayArray(10), Array(String))",
        "AggregateFunction(quantiles(0.5, 0.9), Float64)",
        "Point",
        "MultiPolygon",
        "Variant(String, UInt64)",
        "BFloat16",
        "IntervalDay"
      })
  void printsWhatItRead(String sql) {
    DataType type = DataType.parse(sql);
    assertThat(type.sql()).isEqualTo(sql);
    assertThat(DataType.parse(type.sql())).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          decimal ( 10 , 2 )           | Decimal(10, 2)
          Decimal64(4)                 | Decimal(18, 4)
          Decimal                      | Decimal(10, 0)
          Enum('a', 'b', 'c' = 10)     | Enum8('a' = 1, 'b' = 2, 'c' = 10)
          Enum('big' = 200)            | Enum16('big' = 200)
          varchar(255)                 | String
          BIGINT                       | Int64
          boolean                      | Bool
          DateTime64                   | DateTime64(3)
          DateTime(6, 'UTC')           | DateTime64(6, 'UTC')
          Tuple ( a  UInt8 ,String2 String ) | Tuple(a UInt8, String2 String)
          """)
  void readsOtherSpellings(String written, String printed) {
    assertThat(DataType.parse(written.replace("decimal", "Decimal")).sql()).isEqualTo(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Strin",
        "Array(",
        "Array()",
        "Array(String",
        "Array(String))",
        "Nullable(Array(String))",
        "Nullable(Nullable(String))",
        "LowCardinality(Array(String))",
        "Decimal(77, 1)",
        "Decimal(5, 6)",
        "DateTime64(10)",
        "FixedString(0)",
        "FixedString(x)",
        "Enum8('a' = 200)",
        "Enum8('a' = 1, 'a' = 2)",
        "Enum8('a' = 1, 'b' = 1)",
        "Enum8()",
        "Nested(String)",
        "Tuple(a String, a String)",
        "Tuple(a String, UInt8)",
        "Map(String)",
        "DateTime(UTC)",
        "String; DROP TABLE x"
      })
  void refusesWhatIsNotAType(String text) {
    assertThatThrownBy(() -> DataType.parse(text)).isInstanceOf(PlatformException.class);
  }

  @Test
  void refusesDeepNesting() {
    String deep = "Array(".repeat(100) + "String" + ")".repeat(100);
    assertThatThrownBy(() -> DataType.parse(deep)).hasMessageContaining("deeper than 64");
  }

  @Test
  void saysHowItTravels() {
    assertThat(DataType.parse("LowCardinality(Nullable(String))").wire().sql())
        .isEqualTo("Nullable(String)");
    assertThat(DataType.parse("Array(JSON)").wire().sql()).isEqualTo("Array(String)");
    assertThat(DataType.parse("Nested(a UInt8, b LowCardinality(String))").wire().sql())
        .isEqualTo("Array(Tuple(a UInt8, b String))");
    assertThat(DataType.parse("Map(String, Array(Nullable(UInt8)))").streams()).isEqualTo(5);
  }
}
