// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Where Kinglet differs from ClickHouse on purpose: the tables at the end of
/// `docs/reference/types.md`, row by row.
final class Deliberate {
  private static final Pattern SCALAR =
      Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)'|[^\\s,:\\[\\](){}\"']+");
  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern CODE_UNIT = Pattern.compile("\\\\u([0-9a-fA-F]{4})");
  private static final Pattern NO_ELEMENT = Pattern.compile("[\\[({,:]\\s*[,)\\]}]|\\{\\s*:");
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  /// The spellings of a day and a time that the reference lists.
  private static final List<Pattern> TIMES =
      List.of(
          Pattern.compile(
              "(?<y>\\d{4})([-/.:])(?<m>\\d{1,2})\\2(?<d>\\d{1,2})"
                  + "([T ](?<h>\\d{1,2}):(?<i>\\d{1,2})(:(?<s>\\d{1,2})(\\.\\d+)?)?)?"
                  + "( ?(Z|UTC|GMT|MSK|MSD|[+-]\\d{2}(:?\\d{2})?))?"),
          Pattern.compile(
              "(?<y>\\d{4})(?<m>\\d{2})(?<d>\\d{2})( ?(?<h>\\d{2})(?<i>\\d{2})(?<s>\\d{2}))?"),
          Pattern.compile(
              "(?<d>\\d{1,2})([./-])(?<m>\\d{1,2})\\2(?<y>\\d{4}|\\d{2})"
                  + "( (?<h>\\d{1,2}):(?<i>\\d{2})(:(?<s>\\d{2}))?)?"),
          Pattern.compile(
              "((Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?<d>\\d{1,2})[ -](?<name>Jan|Feb|Dec)[ -](?<y>\\d{4})"
                  + "( (?<h>\\d{2}):(?<i>\\d{2}):(?<s>\\d{2}))?( (GMT|UTC|[+-]\\d{4}))?"));

  private static final Pattern DATE =
      Pattern.compile("(?<y>\\d{4})([-/.:_])(?<m>\\d{1,2})\\2(?<d>\\d{1,2})|\\d{8}");
  private static final Pattern SECONDS = Pattern.compile("\\d{9,10}|\\d{13}|\\d{16}|\\d{19}");

  /// JSON with the numbers and strings that ClickHouse writes without its rules.
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(
              JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS,
              JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS,
              JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS,
              JsonReadFeature.ALLOW_TRAILING_DECIMAL_POINT_FOR_NUMBERS,
              JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS,
              JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER,
              JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS,
              JsonReadFeature.ALLOW_TRAILING_COMMA)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Deliberate() {}

  /// A text in a value that is not a list of others.
  private record Scalar(String text, boolean quoted) {}

  /// ClickHouse refuses the value, we accept it.
  static boolean isAccepted(DataType type, boolean json, String value) {
    List<DataType> leaves = leaves(type);
    String field = field(json, value);
    if (json) {
      // An escaped text in quotes is the text it stands for, whatever the type.
      if (value.indexOf('\\') >= 0 && leaves.stream().anyMatch(leaf -> !isText(leaf))) {
        return true;
      }
    } else if (isList(type) ? hasSpaceAround(value) : !field.equals(value)) {
      // A field is the same in quotes and without, with space around it and without.
      return true;
    } else if (isList(type) && leaves.stream().anyMatch(leaf -> !isText(leaf))) {
      // So is a value inside a list.
      return true;
    }
    List<Scalar> scalars = scalars(field);
    return leaves.stream()
        .anyMatch(leaf -> scalars.stream().anyMatch(scalar -> isAccepted(leaf, scalar.text())));
  }

  private static boolean isAccepted(DataType type, String text) {
    return switch (type) {
      case DataType.Int _ -> text.equals("true") || text.equals("false");
      case DataType.Float _ -> text.equals("true") || text.equals("false") || text.equals("nan");
      case DataType.Decimal _ -> text.indexOf('e') > 0 || text.indexOf('E') > 0;
      case DataType.Ipv6 _ -> text.indexOf('.') > 0;
      case DataType.DateTime _, DataType.DateTime64 _ -> text.indexOf(',') > 0;
      default -> false;
    };
  }

  /// Both accept, with two values. ClickHouse gives an array of nulls alone the type of an array
  /// under the same path in another row of the same insert, when the row comes as text.
  static boolean isOther(DataType type, String value) {
    return type instanceof DataType.Json && value.contains("[null,null]");
  }

  /// ClickHouse accepts the value, we refuse it.
  static boolean isRefused(DataType type, boolean json, String value) {
    String field = field(json, value);
    if (json ? !isJson(value) : isList(type) && !isClosed(field)) {
      return true;
    }
    if (field.isEmpty() || field.equals("\\N") || field.equals("\"\"")) {
      return true;
    }
    List<DataType> leaves = leaves(type);
    List<Scalar> scalars = scalars(field);
    return isList(type) && NO_ELEMENT.matcher(field).find()
        || leaves.stream()
            .anyMatch(leaf -> scalars.stream().anyMatch(scalar -> isRefused(leaf, json, scalar)));
  }

  private static boolean isRefused(DataType type, boolean json, Scalar scalar) {
    String text = scalar.text();
    boolean bare = json && !scalar.quoted();
    boolean none = text.isEmpty() || bare && text.equals("null");
    if (bare && WHOLE.matcher(text).matches() && numberMax(type) != null) {
      BigInteger number = new BigInteger(text);
      return number.signum() < 0 || number.compareTo(numberMax(type)) > 0;
    }
    return switch (type) {
      case DataType.Int(int bits, boolean signed) ->
          none
              || text.equals("-")
              || WHOLE.matcher(text).matches() && !fits(new BigInteger(text), bits, signed);
      case DataType.Decimal _ -> !DECIMAL.matcher(text).matches();
      case DataType.Date _ -> !isDate(text, 1971, 2148);
      case DataType.Date32 _ -> !isDate(text, 1901, 2298);
      case DataType.DateTime _ -> !isTime(text, 1971, 2105);
      case DataType.DateTime64(int precision, _) ->
          !isTime(text, 1901, precision == 9 ? 2261 : 2298);
      case DataType.Ipv6 _ -> none || text.endsWith(":") || text.contains(":::");
      case DataType.StringType _, DataType.FixedString _, DataType.Json _ -> false;
      default -> none;
    };
  }

  /// The largest number that is a day or a time, in its days, seconds or ticks.
  private static @Nullable BigInteger numberMax(DataType type) {
    return switch (type) {
      case DataType.Date _ -> BigInteger.valueOf(65_535);
      case DataType.Date32 _ -> BigInteger.valueOf(120_529);
      case DataType.DateTime _ -> BigInteger.valueOf(0xFFFF_FFFFL);
      case DataType.DateTime64(int precision, _) ->
          BigInteger.valueOf(253_402_300_799L)
              .multiply(BigInteger.TEN.pow(precision))
              .min(BigInteger.valueOf(Long.MAX_VALUE));
      default -> null;
    };
  }

  private static boolean fits(BigInteger number, int bits, boolean signed) {
    return signed ? number.bitLength() < bits : number.signum() >= 0 && number.bitLength() <= bits;
  }

  private static boolean isDate(String text, int first, int last) {
    Matcher matcher = DATE.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    return matcher.group("y") == null
        ? isDay(text.substring(0, 4), text.substring(4, 6), text.substring(6), first, last)
        : isDay(matcher.group("y"), matcher.group("m"), matcher.group("d"), first, last);
  }

  private static boolean isTime(String text, int first, int last) {
    if (SECONDS.matcher(text).matches()) {
      int fraction = Math.max(0, text.length() - 10);
      int year =
          Instant.ofEpochSecond(Long.parseLong(text.substring(0, text.length() - fraction)))
              .atOffset(ZoneOffset.UTC)
              .getYear();
      return year <= last;
    }
    for (Pattern pattern : TIMES) {
      Matcher matcher = pattern.matcher(text);
      if (matcher.matches()) {
        String month =
            pattern.namedGroups().containsKey("name")
                ? Integer.toString(MONTHS.indexOf(matcher.group("name")) / 3 + 1)
                : matcher.group("m");
        return isDay(matcher.group("y"), month, matcher.group("d"), first, last)
            && isClock(matcher.group("h"), matcher.group("i"), matcher.group("s"));
      }
    }
    return false;
  }

  private static boolean isDay(String year, String month, String day, int first, int last) {
    try {
      LocalDate date = LocalDate.of(year(year), Integer.parseInt(month), Integer.parseInt(day));
      return date.getYear() >= first && date.getYear() <= last;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static int year(String text) {
    int year = Integer.parseInt(text);
    return text.length() > 2 ? year : year < 70 ? 2000 + year : 1900 + year;
  }

  private static boolean isClock(String hour, String minute, String second) {
    return hour == null
        || Integer.parseInt(hour) < 24
            && Integer.parseInt(minute) < 60
            && (second == null || Integer.parseInt(second) < 60);
  }

  /// Whether the value is one JSON value and nothing else.
  private static boolean isJson(String value) {
    try {
      return !JSON.readTree(value).isMissingNode();
    } catch (JacksonException e) {
      return false;
    }
  }

  /// Whether nothing stands behind the bracket that closes a list.
  private static boolean isClosed(String field) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (quoted) {
        i += c == '\\' ? 1 : 0;
        quoted = c != '\'';
      } else {
        quoted = c == '\'';
        depth += "[({".indexOf(c) >= 0 ? 1 : "])}".indexOf(c) >= 0 ? -1 : 0;
        if (depth == 0) {
          return i > 0 && i == field.length() - 1;
        }
      }
    }
    return false;
  }

  private static boolean hasSpaceAround(String value) {
    return !value.replace("\"", "").equals(value.replace("\"", "").strip());
  }

  /// The value as it stands in the JSON row; of a CSV field what it means.
  private static String field(boolean json, String value) {
    String bare = value.strip();
    while (!json && bare.endsWith(",")) {
      bare = bare.substring(0, bare.length() - 1).strip();
    }
    boolean quoted = !json && bare.length() >= 2 && bare.charAt(0) == '"' && bare.endsWith("\"");
    return quoted ? bare.substring(1, bare.length() - 1).replace("\"\"", "\"").strip() : bare;
  }

  private static boolean isText(DataType type) {
    return type instanceof DataType.StringType
        || type instanceof DataType.FixedString
        || type instanceof DataType.Json;
  }

  private static boolean isList(DataType type) {
    return switch (type) {
      case DataType.Array _,
          DataType.MapOf _,
          DataType.Tuple _,
          DataType.Nested _,
          DataType.Geo _ ->
          true;
      default -> false;
    };
  }

  private static List<Scalar> scalars(String value) {
    List<Scalar> scalars = new ArrayList<>();
    if (value.indexOf('"') < 0 && value.indexOf('\'') < 0 && value.indexOf('[') < 0) {
      scalars.add(new Scalar(value, false));
    }
    Matcher matcher = SCALAR.matcher(value);
    while (matcher.find()) {
      String quoted = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      String text = quoted == null ? matcher.group() : quoted;
      scalars.add(
          new Scalar(CODE_UNIT.matcher(text).replaceAll(Deliberate::character), quoted != null));
    }
    return scalars;
  }

  private static String character(MatchResult unit) {
    return Matcher.quoteReplacement(Character.toString(Integer.parseInt(unit.group(1), 16)));
  }

  private static List<DataType> leaves(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> leaves(inner);
      case DataType.LowCardinality(DataType inner) -> leaves(inner);
      case DataType.SimpleAggregateFunction(_, DataType inner) -> leaves(inner);
      case DataType.Geo(_, DataType inner) -> leaves(inner);
      case DataType.Array(DataType element) -> leaves(element);
      case DataType.MapOf(DataType key, DataType value) -> {
        List<DataType> both = new ArrayList<>(leaves(key));
        both.addAll(leaves(value));
        yield both;
      }
      case DataType.Tuple(var elements) ->
          elements.stream().flatMap(element -> leaves(element.type()).stream()).toList();
      case DataType.Nested(var elements) ->
          elements.stream().flatMap(element -> leaves(element.type()).stream()).toList();
      default -> List.of(type);
    };
  }
}
