// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.type.DataType;

/// Random texts of values: good ones, those at the edge, those of another type, broken ones.
///
/// A text is bytes, one a character (ISO 8859-1), so that what is not UTF-8 can be said too.
final class RandomValues {
  private static final String[] WHOLE = {
    "0", "1", "-1", "+1", "-0", "+0", "007", "00", "1.0", "1.5", "-1.5", "1e3", "1E2", "10e-1", "",
    "-", "+", "--1", "+-1", "1_000", "1,5", "0x10", " 1", "1 ", "true", "false", "null", "nan",
    "inf", "1.", ".5", "1e", "TRUE", "1a"
  };
  private static final String[] FLOATING = {
    "0",
    "-0",
    "0.0",
    "1.5",
    "-1.5",
    "+1.5",
    ".5",
    "5.",
    "-.5",
    "1e5",
    "1E-5",
    "1e+5",
    "1e400",
    "-1e400",
    "1e-400",
    "nan",
    "NaN",
    "NAN",
    "-nan",
    "+nan",
    "inf",
    "Inf",
    "INF",
    "-inf",
    "+inf",
    "infinity",
    "-Infinity",
    "1e",
    "1e+",
    "e5",
    ".",
    "-",
    "",
    "0x1p3",
    "1.5f",
    "1d",
    "true",
    "false",
    "1.7976931348623157e308",
    "4.9e-324",
    "2.2250738585072014e-308",
    "9007199254740993",
    "0.1",
    "0.30000000000000004",
    "3.4028235e38",
    "3.5e38",
    "1.4e-45",
    "16777217",
    "1..5",
    "1.5.5",
    "1e5.5",
    "1e5e5",
    "1e0005",
    "00.5",
    "123456789012345678901234567890",
    "null",
    "infi",
    "nano"
  };
  private static final String[] TIMES = {
    "2020-01-02 03:04:05",
    "2020-01-02T03:04:05",
    "2020-01-02T03:04:05Z",
    "2020-01-02 03:04:05.678",
    "2020-01-02T03:04:05.678901234Z",
    "2020-01-02T03:04:05+01:00",
    "2020-01-02 03:04:05 -0530",
    "2020-01-02T03:04:05+02",
    "2020-01-02",
    "2020-1-2",
    "2020/01/02",
    "2020/1/2 3:04:05",
    "20200102",
    "20200102030405",
    "20200102 030405",
    "202001020304",
    "2020-01-02 03:04",
    "2020-01-02 3:4:5",
    "02/01/2020",
    "02/01/2020 03:04:05",
    "2/1/2020",
    "02-01-2020",
    "02.01.2020",
    "2.1.20",
    "2 Jane 2020",
    "Thursday, 2 January 2020",
    "2 Sept 2020",
    "-62135596801",
    "-62135596800",
    "-99999999999999999",
    "253402300800",
    "253402300799999",
    "-2208988801",
    "10413792000000",
    "9223372036854775807",
    "9999999999999999999",
    "2.1.70",
    "2/1/69",
    "31-12-99",
    "2.1.2020 3:04",
    "2020-01-02 03:04:05 MSD",
    "Thu, 2 Jan 2020 03:04:05 +0100",
    "Thu, 02 Jan 2020 03:04:05 GMT",
    "2 Jan 2020",
    "Jan 2 2020",
    "2 January 2020 03:04:05 PM",
    "2020 Jan 2",
    "Jan 2, 2020, 3:04 am",
    "2-Jan-2020 03:04:05",
    "2020-01-02 03:04:05 PM",
    "2020-01-02 12:04:05 AM",
    "2020-01-02 03:04:05 UTC",
    "2020-01-02 03:04:05 MSK",
    "1600000000",
    "1600000000.5",
    "1600000000123",
    "1600000000123456",
    "1600000000123456789",
    "160000000",
    "16000000",
    "0",
    "1",
    "-1",
    "",
    "now",
    "2020",
    "2020-01",
    "2020-01-02 25:00:00",
    "2020-02-30",
    "2020-13-01",
    "2020-00-10",
    "2020-01-00",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "1969-12-31 23:59:59",
    "1970-01-01 00:00:00",
    "2106-02-07 06:28:15",
    "2106-02-07 06:28:16",
    "2149-06-06",
    "2149-06-07",
    "1900-01-01",
    "1899-12-31",
    "2299-12-31",
    "2300-01-01",
    "1925-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "2020-01-02 03:04:60",
    "2020-01-02 03:60:05",
    "2020-01-02 24:00:00",
    " 2020-01-02",
    "2020-01-02 ",
    "2020-01-02T",
    "2020-01-02Z",
    "03:04:05",
    "3:04 PM",
    "Mon",
    "Monday",
    "2020-01-02 03:04:05,678",
    "2020-01-02 03:04:05.",
    "2020-01-02 03:04:05.1234567890123",
    "2024-02-29",
    "2023-02-29",
    "2020-10-25 02:30:00",
    "2020-03-29 02:30:00",
    "1e9",
    "18000",
    "18000.5",
    "1600000000Z",
    "2020-01-02t03:04:05z",
    "2020:01:02",
    "2020_01_02",
    "2020.01.02",
    "2020-01/02"
  };
  private static final String[] TRUTHS = {
    "true",
    "false",
    "1",
    "0",
    "True",
    "TRUE",
    "yes",
    "no",
    "on",
    "off",
    "t",
    "f",
    "T",
    "F",
    "y",
    "n",
    "Y",
    "N",
    "2",
    "-1",
    "00",
    "01",
    "1.0",
    "enable",
    "disabled",
    "",
    "null",
    "tru",
    "truee"
  };
  private static final String[] ADDRESSES = {
    "10.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.02.03.04",
    "1.2.3.4 ",
    " 1.2.3.4",
    "::",
    "::1",
    "1::",
    "fe80::1:2",
    "2001:DB8::8a2e:370:7334",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "1:2:3:4:5:6:10.0.0.1",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "12345::",
    "g::",
    ":::",
    ":1",
    "1:",
    "",
    "fe80::1%eth0",
    "[::1]",
    "1.2.3.-4",
    "1..2.3",
    "1.2.3.",
    "16909060",
    "1",
    "::ffff:256.0.0.1",
    "64:ff9b::1.2.3.4",
    "::1.2.3.4:5",
    "0001.2.3.4",
    "000000000001.2.3.4"
  };
  private static final String[] UUIDS = {
    "61f0c404-5cb3-11e7-907b-a6006ad3dba0",
    "61F0C404-5CB3-11E7-907B-A6006AD3DBA0",
    "61f0c4045cb311e7907ba6006ad3dba0",
    "61f0c404",
    "",
    "00000000-0000-0000-0000-000000000000",
    "61f0c404-5cb3-11e7-907b-a6006ad3dba0x",
    "61f0c404-5cb3-11e7-907b-a6006ad3dbag",
    "61f0c404x5cb3x11e7x907bxa6006ad3dba0",
    "61f0c404-5cb311e7-907ba6006ad3dba0",
    "{61f0c404-5cb3-11e7-907b-a6006ad3dba0}",
    " 61f0c404-5cb3-11e7-907b-a6006ad3dba0"
  };
  private static final String[] WORDS = {
    "",
    "a",
    "b",
    "abc",
    "hello world",
    "it's",
    "a\"b",
    "a\\b",
    "a/b",
    "tab\there",
    "\u00e9".repeat(3),
    utf8("\u00e9\u20ac\uD83D\uDE00"),
    "\u00ff\u00fe",
    "\0",
    "null",
    "\\N",
    "NULL",
    "[1]",
    "{}",
    "x,y",
    "'q'",
    "a;b",
    " lead",
    "trail ",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "\u0001\u001f",
    "\r"
  };
  private static final String[] ESCAPES = {
    "\\n",
    "\\t",
    "\\r",
    "\\b",
    "\\f",
    "\\/",
    "\\\\",
    "\\\"",
    "\\'",
    "\\u0041",
    "\\u00e9",
    "\\u20AC",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00",
    "\\ud83d\\u0041",
    "\\u12",
    "\\uzzzz",
    "\\x41",
    "\\a",
    "\\0",
    "\\v",
    "\\e",
    "\\N",
    "\\",
    "\\u0000",
    "\\u00",
    "\\U0041",
    "\\1",
    "\\xZZ"
  };
  private static final String[] DOCUMENTS = {
    "{}",
    "{\"a\":1}",
    "{\"a\":{\"b\":1}}",
    "{\"a\":[1,2]}",
    "{\"a\":null}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":{\"b\":1},\"a.b\":2}",
    "{\"a\":{\"b\":1},\"a\":{\"c\":2}}",
    "{\"a\":1.5}",
    "{\"a\":1e5}",
    "{\"a\":1e400}",
    "{\"a\":18446744073709551615}",
    "{\"a\":18446744073709551616}",
    "{\"a\":-9223372036854775809}",
    "{\"a\":\"x\"}",
    "{\"a\":\"2020-01-02\"}",
    "{\"a\":true}",
    "{\"a\":[1,\"x\",null]}",
    "{\"a\":[{\"b\":1},{\"b\":2}]}",
    "{\"a\":[[1],[2]]}",
    "[1]",
    "1",
    "\"x\"",
    "null",
    "\"{\\\"a\\\":1}\"",
    "{\"a\":1,}",
    "{\"a\"}",
    "{a:1}",
    "{\"a\":01}",
    "{\"a\":+1}",
    "{\"a\":.5}",
    "{\"a\":5.}",
    "{\"a\":nan}",
    "{\"a\":\"\\x\"}",
    "{\"\":1}",
    "{\"a\":{}}",
    "{\"a\":[]}",
    "{\"a\":-0}",
    "{\"a\":{\"b\":{\"c\":[{\"d\":{}}]}}}",
    "{\"a b\":1}",
    "{\"a.b.c\":1}",
    "{\"a\":\"\\ud800\"}",
    "{\"a\":tru}",
    "{\"a\":[1,]}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":\"\u00ff\"}",
    "{\"a\":1}{\"b\":2}",
    "{'a':1}",
    "{\"a\":[{\"b\":1},{\"b\":\"x\"},3]}",
    "{\"a\":-}",
    "{\"a\":12345678901234567890123}",
    "{\"a\":1E+2}",
    "{\"a\":{\"a\":1},\"b\":{\"a\":2}}",
    "{\"a\":1,\"b\":[1.5,2]}",
    "{\"a\":\"\\u0000\"}",
    "{\"a\\u0000b\":1}",
    "{\"a\":[null,null]}"
  };
  private static final String MUTATIONS = "{}[]\",:\\ 0123456789.eE+-ntfu'abNZT/()\t";
  private static final DateTimeFormatter SQL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
  private static final int ELEMENTS_MAX = 4;

  private final RandomGenerator random;

  RandomValues(RandomGenerator random) {
    this.random = random;
  }

  private static String utf8(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  /// A value as it stands in a JSON row.
  String json(DataType type) {
    String value = jsonValue(type);
    return random.nextInt(6) == 0 ? mutated(value) : value;
  }

  private String jsonValue(DataType type) {
    if (random.nextInt(40) == 0) {
      return pick(
          "null", "[]", "{}", "\"\"", "[1]", "{\"a\":1}", "\"[1]\"", "\"null\"", "NULL", "[[]]");
    }
    return switch (type) {
      case DataType.NullableOf(DataType inner) ->
          random.nextInt(5) == 0 ? "null" : jsonValue(inner);
      case DataType.LowCardinality(DataType inner) -> jsonValue(inner);
      case DataType.SimpleAggregateFunction(_, DataType inner) -> jsonValue(inner);
      case DataType.Geo(_, DataType inner) -> jsonValue(inner);
      case DataType.Array(DataType element) -> list("[", "]", count(), element);
      case DataType.MapOf(DataType key, DataType value) ->
          IntStream.range(0, count())
              .mapToObj(_ -> key(key) + pick(":", ":", " : ") + jsonValue(value))
              .collect(Collectors.joining(comma(), "{", "}"));
      case DataType.Tuple tuple ->
          tuple.named() && random.nextInt(8) != 0
              ? tuple.elements().stream()
                  .filter(_ -> random.nextInt(10) != 0)
                  .map(element -> "\"" + element.name() + "\":" + jsonValue(element.type()))
                  .collect(
                      Collectors.joining(comma(), "{", random.nextInt(8) == 0 ? ",\"z\":1}" : "}"))
              : tuple.elements().stream()
                  .filter(_ -> random.nextInt(12) != 0)
                  .map(element -> jsonValue(element.type()))
                  .collect(Collectors.joining(comma(), "[", "]"));
      case DataType.Nested(var elements) ->
          IntStream.range(0, count())
              .mapToObj(_ -> jsonValue(new DataType.Tuple(elements)))
              .collect(Collectors.joining(comma(), "[", "]"));
      case DataType.Json _ -> pick(DOCUMENTS);
      default -> {
        String text = text(type);
        yield random.nextInt(isBare(type) ? 2 : 8) == 0 ? text : quoted(text);
      }
    };
  }

  private static boolean isBare(DataType type) {
    return type instanceof DataType.Int
        || type instanceof DataType.Float
        || type instanceof DataType.Decimal
        || type instanceof DataType.Bool;
  }

  private String list(String open, String close, int count, DataType element) {
    return IntStream.range(0, count)
        .mapToObj(_ -> jsonValue(element))
        .collect(Collectors.joining(comma(), open, close));
  }

  private String comma() {
    return pick(",", ",", ", ", " ,\t");
  }

  private int count() {
    return random.nextInt(ELEMENTS_MAX);
  }

  private String key(DataType type) {
    return random.nextInt(20) == 0 ? text(type) : quoted(text(type));
  }

  /// The text in JSON's quotes.
  private String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        default -> {
          if (c < 0x80 && random.nextInt(40) == 0) {
            quoted.append(String.format("\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    if (random.nextInt(30) == 0) {
      quoted.append(pick(ESCAPES));
    }
    return quoted.append('"').toString();
  }

  /// A value as a field of CSV.
  String csv(DataType type) {
    String value = csvValue(type);
    return random.nextInt(6) == 0 ? mutated(value).replace("\n", "") : value;
  }

  private String csvValue(DataType type) {
    if (random.nextInt(25) == 0) {
      return pick("\\N", "\"\\N\"", "", "\"\"", "NULL", "null", "\"NULL\"");
    }
    String text = plain(type).replace("\n", "");
    boolean quoted = random.nextBoolean() || text.indexOf(',') >= 0 && random.nextInt(10) != 0;
    return quoted ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
  }

  /// A value as ClickHouse writes it as text.
  private String plain(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> plain(inner);
      case DataType.LowCardinality(DataType inner) -> plain(inner);
      case DataType.SimpleAggregateFunction(_, DataType inner) -> plain(inner);
      case DataType.Geo(_, DataType inner) -> plain(inner);
      case DataType.Json _ -> pick(DOCUMENTS);
      case DataType.Array _, DataType.MapOf _, DataType.Tuple _, DataType.Nested _ -> inner(type);
      default -> text(type);
    };
  }

  /// A value inside another one: texts have single quotes.
  private String inner(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> random.nextInt(5) == 0 ? "NULL" : inner(inner);
      case DataType.LowCardinality(DataType inner) -> inner(inner);
      case DataType.Array(DataType element) ->
          IntStream.range(0, count())
              .mapToObj(_ -> inner(element))
              .collect(Collectors.joining(comma(), "[", "]"));
      case DataType.MapOf(DataType key, DataType value) ->
          IntStream.range(0, count())
              .mapToObj(_ -> inner(key) + pick(":", ": ") + inner(value))
              .collect(Collectors.joining(comma(), "{", "}"));
      case DataType.Tuple(var elements) ->
          elements.stream()
              .map(element -> inner(element.type()))
              .collect(Collectors.joining(comma(), "(", ")"));
      case DataType.Nested(var elements) ->
          IntStream.range(0, count())
              .mapToObj(_ -> inner(new DataType.Tuple(elements)))
              .collect(Collectors.joining(comma(), "[", "]"));
      default -> {
        String text = text(type);
        boolean bare = random.nextInt(isBare(type) ? 3 : 12) != 0 == isBare(type);
        yield bare ? text : "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
      }
    };
  }

  /// The text of a scalar, without quotes.
  private String text(DataType type) {
    if (random.nextInt(15) == 0) {
      return pick(
          pick(WHOLE), pick(FLOATING), pick(TIMES), pick(WORDS), pick(UUIDS), pick(ADDRESSES));
    }
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> text(inner);
      case DataType.LowCardinality(DataType inner) -> text(inner);
      case DataType.Int _ ->
          random.nextInt(3) == 0 ? pick(WHOLE) : random.nextBoolean() ? edge() : digits(80);
      case DataType.Float _ ->
          switch (random.nextInt(4)) {
            case 0 -> pick(FLOATING);
            case 1 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
            case 2 -> Float.toString(Float.intBitsToFloat(random.nextInt()));
            default -> number();
          };
      case DataType.Decimal _ -> random.nextInt(4) == 0 ? pick(FLOATING) : number();
      case DataType.Bool _ -> pick(TRUTHS);
      case DataType.Date _, DataType.Date32 _, DataType.DateTime _, DataType.DateTime64 _ ->
          random.nextInt(4) == 0 ? time() : pick(TIMES);
      case DataType.Uuid _ ->
          random.nextBoolean()
              ? new UUID(random.nextLong(), random.nextLong()).toString()
              : pick(UUIDS);
      case DataType.Ipv4 _ ->
          random.nextBoolean()
              ? IntStream.range(0, 4)
                  .mapToObj(_ -> Integer.toString(random.nextInt(260)))
                  .collect(Collectors.joining("."))
              : pick(ADDRESSES);
      case DataType.Ipv6 _ ->
          random.nextBoolean()
              ? IntStream.range(0, 8)
                  .mapToObj(_ -> Integer.toHexString(random.nextInt(1 << random.nextInt(17))))
                  .collect(Collectors.joining(":"))
                  .replaceFirst(random.nextBoolean() ? "(:0)+" : "~", ":")
              : pick(ADDRESSES);
      case DataType.Enum(_, var entries) ->
          switch (random.nextInt(3)) {
            case 0 -> Integer.toString(random.nextInt(-3, 4));
            case 1 -> pick(WHOLE);
            default -> utf8(entries.get(random.nextInt(entries.size())).name());
          };
      default -> pick(WORDS);
    };
  }

  /// A whole number next to what some number of bits can hold.
  private String edge() {
    BigInteger edge =
        BigInteger.ONE.shiftLeft(pickBits()).add(BigInteger.valueOf(random.nextInt(-2, 3)));
    return (random.nextBoolean() ? edge : edge.negate()).toString();
  }

  private int pickBits() {
    return (8 << random.nextInt(6)) - random.nextInt(2);
  }

  private String digits(int max) {
    int count = 1 + random.nextInt(1 + random.nextInt(max));
    String digits =
        IntStream.range(0, count)
            .mapToObj(_ -> Integer.toString(random.nextInt(10)))
            .collect(Collectors.joining());
    return pick("", "", "-", "+") + digits;
  }

  private String number() {
    String number = digits(pick("3", "9", "20", "80").equals("80") ? 80 : 12);
    if (random.nextBoolean()) {
      number += "." + digits(20).replaceAll("[+-]", "");
    }
    if (random.nextInt(3) == 0) {
      number +=
          pick("e", "E")
              + pick("", "-", "+")
              + random.nextInt(pick("5", "40").equals("5") ? 5 : 40);
    }
    return number;
  }

  private String time() {
    long second = random.nextLong(-3_000_000_000L, 11_000_000_000L);
    return switch (random.nextInt(5)) {
      case 0 -> Long.toString(second);
      case 1 -> Instant.ofEpochSecond(second, random.nextInt(1_000_000_000)).toString();
      case 2 -> SQL.format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC)).substring(0, 10);
      default -> SQL.format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC));
    };
  }

  /// The text with a character or two added, changed or taken away.
  String mutated(String text) {
    StringBuilder mutated = new StringBuilder(text);
    int times = 1 + random.nextInt(2);
    for (int i = 0; i < times; i++) {
      int at = random.nextInt(mutated.length() + 1);
      char spice = MUTATIONS.charAt(random.nextInt(MUTATIONS.length()));
      switch (random.nextInt(3)) {
        case 0 -> mutated.insert(at, spice);
        case 1 -> {
          if (at < mutated.length()) {
            mutated.setCharAt(at, spice);
          }
        }
        default -> {
          if (at < mutated.length()) {
            mutated.deleteCharAt(at);
          }
        }
      }
    }
    return mutated.toString();
  }

  String pick(String... from) {
    return from[random.nextInt(from.length)];
  }
}
