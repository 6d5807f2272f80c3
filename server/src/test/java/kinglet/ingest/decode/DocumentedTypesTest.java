// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import kinglet.type.Column;
import kinglet.type.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `docs/reference/types.md` says is accepted is, and what it says is refused goes to
/// quarantine.
final class DocumentedTypesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          String          | "text"                            | true
          String          | 1.50                              | true
          String          | {"a":[1]}                         | true
          String          | null                              | false
          FixedString(2)  | "ab"                              | true
          FixedString(2)  | "abc"                             | false
          UInt8           | 255                               | true
          UInt8           | "255"                             | true
          UInt8           | true                              | true
          UInt8           | 256                               | false
          UInt8           | -1                                | false
          UInt8           | ""                                | false
          UInt8           | 1.5                               | false
          Int64           | -9223372036854775808              | true
          Int64           | 9223372036854775808               | false
          UInt64          | 18446744073709551615              | true
          UInt64          | 18446744073709551616              | false
          Int256          | -1                                | true
          Float64         | 1e400                             | true
          Float64         | "nan"                             | true
          Float64         | -inf                              | true
          Float64         | ""                                | false
          Decimal(5, 2)   | 123.456                           | true
          Decimal(5, 2)   | 1234.5                            | false
          Bool            | true                              | true
          Bool            | 1                                 | true
          Bool            | 2                                 | false
          Date            | "2020-01-02"                      | true
          Date            | "2020-1-2"                        | true
          Date            | "2020/01/02"                      | true
          Date            | "20200102"                        | true
          Date            | 18000                             | true
          Date            | "2020-02-30"                      | false
          Date            | "1969-12-31"                      | false
          Date32          | "1969-12-31"                      | true
          DateTime        | "2020-01-02 03:04:05"             | true
          DateTime        | "2020-01-02T03:04:05.678Z"        | true
          DateTime        | "2020-01-02T03:04:05+01:00"       | true
          DateTime        | "20200102030405"                  | true
          DateTime        | "Thu, 2 Jan 2020 03:04:05 +0100"  | true
          DateTime        | 1600000000                        | true
          DateTime        | "1600000000"                      | true
          DateTime        | "1600000000123"                   | true
          DateTime        | "2020-01-02 25:00:00"             | false
          DateTime        | "2200-01-01 00:00:00"             | false
          DateTime        | ""                                | false
          DateTime64(3)   | "2020-01-02 03:04:05.678"         | true
          DateTime64(3)   | 1600000000000                     | true
          DateTime64(9)   | "2263-01-01 00:00:00"             | false
          UUID            | "61f0c404-5cb3-11e7-907b-a6006ad3dba0" | true
          UUID            | "61f0c4045cb311e7907ba6006ad3dba0"     | true
          UUID            | "61f0c404"                        | false
          IPv4            | "10.0.0.1"                        | true
          IPv4            | "10.0.0.256"                      | false
          IPv6            | "::1"                             | true
          IPv6            | "10.0.0.1"                        | true
          Enum8('a' = 1)  | "a"                               | true
          Enum8('a' = 1)  | 1                                 | true
          Enum8('a' = 1)  | "b"                               | false
          Nullable(UInt8) | null                              | true
          Array(UInt8)    | [1, 2]                            | true
          Array(UInt8)    | "[1, 2]"                          | false
          Array(UInt8)    | [1, null]                         | false
          Map(String, UInt8) | {"a": 1}                       | true
          Tuple(UInt8, String) | [1, "a"]                     | true
          Tuple(a UInt8, b String) | {"a": 1, "b": "x"}       | true
          JSON            | {"a": {"b": 1}}                   | true
          JSON            | [1]                               | false
          """)
  void valuesAreAcceptedOrRefused(String type, String value, boolean accepted) {
    Schema schema = Schema.of(Column.of("v", type).at("$.v"));
    RowDecoder decoder = new RowDecoder(schema, DecodeLimits.DEFAULTS);
    RowDecoder.Decoded decoded =
        decoder.ndjson(("{\"v\":" + value + "}").getBytes(StandardCharsets.UTF_8));
    assertThat(decoded.successfulRows()).isEqualTo(accepted ? 1 : 0);
    assertThat(decoded.quarantinedRows()).isEqualTo(accepted ? 0 : 1);
  }
}
