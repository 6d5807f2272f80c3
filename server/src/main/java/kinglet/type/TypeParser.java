// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.type.DataType.EnumEntry;
import kinglet.type.DataType.TupleElement;
import org.jspecify.annotations.Nullable;

/// Reads the text of a type by recursive descent.
///
/// ```
/// type      = name [ "(" argument { "," argument } [ "," ] ")" ]
/// argument  = type | name type | number | string [ "=" number ] | free text
/// ```
final class TypeParser {
  private static final int DEPTH_MAX = 64;

  /// Names ClickHouse accepts without regard to case, by what it prints for them.
  private static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("text", "String"),
          Map.entry("tinytext", "String"),
          Map.entry("mediumtext", "String"),
          Map.entry("longtext", "String"),
          Map.entry("varchar", "String"),
          Map.entry("char", "String"),
          Map.entry("blob", "String"),
          Map.entry("bytea", "String"),
          Map.entry("tinyint", "Int8"),
          Map.entry("smallint", "Int16"),
          Map.entry("int", "Int32"),
          Map.entry("integer", "Int32"),
          Map.entry("bigint", "Int64"),
          Map.entry("float", "Float32"),
          Map.entry("real", "Float32"),
          Map.entry("double", "Float64"),
          Map.entry("bool", "Bool"),
          Map.entry("boolean", "Bool"),
          Map.entry("dec", "Decimal"),
          Map.entry("numeric", "Decimal"),
          Map.entry("fixed", "Decimal"),
          Map.entry("timestamp", "DateTime"),
          Map.entry("datetime32", "DateTime"),
          Map.entry("inet4", "IPv4"),
          Map.entry("inet6", "IPv6"));

  /// Names that are written in one case only.
  private static final Set<String> PLAIN_OTHER =
      Set.of("BFloat16", "Dynamic", "Nothing", "Time", "Geometry");

  private static final Set<String> CALL_OTHER =
      Set.of("Variant", "Dynamic", "Time64", "Object", "QBit");

  private static final Map<String, String> GEO =
      Map.of(
          "Point", "Tuple(Float64, Float64)",
          "Ring", "Array(Tuple(Float64, Float64))",
          "LineString", "Array(Tuple(Float64, Float64))",
          "MultiLineString", "Array(Array(Tuple(Float64, Float64)))",
          "Polygon", "Array(Array(Tuple(Float64, Float64)))",
          "MultiPolygon", "Array(Array(Array(Tuple(Float64, Float64))))");

  private final String text;
  private int position;
  private int depth;

  TypeParser(String text) {
    this.text = text;
  }

  DataType parse() {
    DataType type = type();
    skipSpace();
    if (position < text.length()) {
      throw wrong("unexpected '" + text.charAt(position) + "'");
    }
    return type;
  }

  private DataType type() {
    if (++depth > DEPTH_MAX) {
      throw wrong("nested deeper than " + DEPTH_MAX + " types");
    }
    String word = word();
    String name = ALIASES.getOrDefault(word.toLowerCase(Locale.ROOT), word);
    DataType type = accept('(') ? call(name) : plain(name);
    depth--;
    return type;
  }

  private DataType plain(String name) {
    DataType number = numeric(name);
    if (number != null) {
      return number;
    }
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "string" -> new DataType.StringType();
      case "bool" -> new DataType.Bool();
      case "date" -> new DataType.Date();
      case "date32" -> new DataType.Date32();
      case "datetime" -> new DataType.DateTime(null);
      case "datetime64" -> new DataType.DateTime64(3, null);
      case "decimal" -> new DataType.Decimal(10, 0);
      case "uuid" -> new DataType.Uuid();
      case "ipv4" -> new DataType.Ipv4();
      case "ipv6" -> new DataType.Ipv6();
      case "json" -> new DataType.Json(null);
      default -> unusual(name);
    };
  }

  private DataType unusual(String name) {
    String geo = GEO.get(name);
    if (geo != null) {
      return new DataType.Geo(name, DataType.parse(geo));
    }
    if (PLAIN_OTHER.contains(name) || name.startsWith("Interval")) {
      return new DataType.Other(name);
    }
    throw wrong("unknown type '" + name + "'");
  }

  private static @Nullable DataType numeric(String name) {
    return switch (name) {
      case "Int8" -> new DataType.Int(8, true);
      case "Int16" -> new DataType.Int(16, true);
      case "Int32" -> new DataType.Int(32, true);
      case "Int64" -> new DataType.Int(64, true);
      case "Int128" -> new DataType.Int(128, true);
      case "Int256" -> new DataType.Int(256, true);
      case "UInt8" -> new DataType.Int(8, false);
      case "UInt16" -> new DataType.Int(16, false);
      case "UInt32" -> new DataType.Int(32, false);
      case "UInt64" -> new DataType.Int(64, false);
      case "UInt128" -> new DataType.Int(128, false);
      case "UInt256" -> new DataType.Int(256, false);
      case "Float32" -> new DataType.Float(32);
      case "Float64" -> new DataType.Float(64);
      default -> null;
    };
  }

  private DataType call(String name) {
    if (numeric(name) != null || name.equals("String") || name.equals("Bool")) {
      // SQL's INT(11) and VARCHAR(255): ClickHouse reads the length and drops it.
      while (!accept(')')) {
        if (!accept(',')) {
          int ignored = number();
          check(ignored >= 0, "a length is not negative");
        }
      }
      return plain(name);
    }
    return switch (name) {
      case "FixedString" -> new DataType.FixedString(last(number()));
      case "Decimal" -> decimal();
      case "Decimal32" -> new DataType.Decimal(9, last(number()));
      case "Decimal64" -> new DataType.Decimal(18, last(number()));
      case "Decimal128" -> new DataType.Decimal(38, last(number()));
      case "Decimal256" -> new DataType.Decimal(76, last(number()));
      case "DateTime" -> dateTime();
      case "DateTime64" -> dateTime64();
      case "Array" -> new DataType.Array(last(type()));
      case "Nullable" -> nullable(last(type()));
      case "LowCardinality" -> lowCardinality(last(type()));
      case "Map" -> map();
      case "Tuple" -> new DataType.Tuple(elements());
      case "Nested" -> new DataType.Nested(namedElements());
      case "Enum8" -> new DataType.Enum(8, entries());
      case "Enum16" -> new DataType.Enum(16, entries());
      case "Enum", "ENUM" -> enumeration();
      case "JSON" -> new DataType.Json(rawArguments());
      case "AggregateFunction" -> new DataType.AggregateFunction(rawArguments());
      case "SimpleAggregateFunction" -> simpleAggregate();
      default -> {
        if (!CALL_OTHER.contains(name)) {
          throw wrong("unknown type '" + name + "'");
        }
        yield new DataType.Other(name + "(" + rawArguments() + ")");
      }
    };
  }

  private DataType decimal() {
    int precision = number();
    if (accept(')')) {
      return new DataType.Decimal(precision, 0);
    }
    expect(',');
    return new DataType.Decimal(precision, last(number()));
  }

  private DataType dateTime() {
    skipSpace();
    if (position < text.length() && Character.isDigit(text.charAt(position))) {
      int precision = number();
      if (accept(')')) {
        return new DataType.DateTime64(precision, null);
      }
      expect(',');
      return new DataType.DateTime64(precision, last(string()));
    }
    return new DataType.DateTime(last(string()));
  }

  private DataType dateTime64() {
    int precision = number();
    if (accept(')')) {
      return new DataType.DateTime64(precision, null);
    }
    expect(',');
    return new DataType.DateTime64(precision, last(string()));
  }

  private DataType nullable(DataType inner) {
    boolean possible =
        switch (inner) {
          case DataType.Array _,
              DataType.MapOf _,
              DataType.Nested _,
              DataType.NullableOf _,
              DataType.LowCardinality _,
              DataType.AggregateFunction _,
              DataType.SimpleAggregateFunction _,
              DataType.Geo _ ->
              false;
          case DataType.StringType _,
              DataType.FixedString _,
              DataType.Int _,
              DataType.Float _,
              DataType.Decimal _,
              DataType.Bool _,
              DataType.Date _,
              DataType.Date32 _,
              DataType.DateTime _,
              DataType.DateTime64 _,
              DataType.Uuid _,
              DataType.Ipv4 _,
              DataType.Ipv6 _,
              DataType.Enum _,
              DataType.Tuple _,
              DataType.Json _,
              DataType.Other _ ->
              true;
        };
    if (!possible) {
      throw wrong("Nullable cannot hold " + inner.sql());
    }
    return new DataType.NullableOf(inner);
  }

  private DataType lowCardinality(DataType inner) {
    DataType dictionary = inner instanceof DataType.NullableOf(DataType held) ? held : inner;
    boolean possible =
        dictionary instanceof DataType.StringType
            || dictionary instanceof DataType.FixedString
            || dictionary instanceof DataType.Int
            || dictionary instanceof DataType.Float
            || dictionary instanceof DataType.Date
            || dictionary instanceof DataType.Date32
            || dictionary instanceof DataType.DateTime
            || dictionary instanceof DataType.Uuid
            || dictionary instanceof DataType.Ipv4
            || dictionary instanceof DataType.Ipv6
            || dictionary instanceof DataType.Bool;
    if (!possible) {
      throw wrong("LowCardinality cannot hold " + inner.sql());
    }
    return new DataType.LowCardinality(inner);
  }

  private DataType map() {
    DataType key = type();
    expect(',');
    return new DataType.MapOf(key, last(type()));
  }

  private DataType simpleAggregate() {
    int start = position;
    skipBalanced(true);
    String function = text.substring(start, position).strip();
    expect(',');
    return new DataType.SimpleAggregateFunction(function, last(type()));
  }

  private List<TupleElement> elements() {
    List<TupleElement> elements = new ArrayList<>();
    while (!accept(')')) {
      elements.add(element());
      if (!accept(',') && !peek(')')) {
        throw wrong("expected ',' or ')' in the tuple");
      }
    }
    return elements;
  }

  private List<TupleElement> namedElements() {
    List<TupleElement> elements = elements();
    if (elements.isEmpty() || elements.getFirst().name() == null) {
      throw wrong("Nested needs named elements, such as Nested(name String)");
    }
    return elements;
  }

  /// `name Type` or `Type`: a name is a word that a further word follows.
  private TupleElement element() {
    int start = position;
    skipSpace();
    boolean quoted = position < text.length() && "`\"".indexOf(text.charAt(position)) >= 0;
    String name = quoted ? quotedName() : word();
    skipSpace();
    if (quoted || position < text.length() && isWord(text.charAt(position))) {
      return new TupleElement(name, type());
    }
    position = start;
    return new TupleElement(null, type());
  }

  private DataType enumeration() {
    List<EnumEntry> entries = entries();
    boolean small = entries.stream().allMatch(entry -> entry.value() == (byte) entry.value());
    return new DataType.Enum(small ? 8 : 16, entries);
  }

  private List<EnumEntry> entries() {
    List<EnumEntry> entries = new ArrayList<>();
    int next = 1;
    while (!accept(')')) {
      String name = string();
      int value = accept('=') ? number() : next;
      entries.add(new EnumEntry(name, value));
      next = value + 1;
      if (!accept(',') && !peek(')')) {
        throw wrong("expected ',' or ')' in the enum");
      }
    }
    return entries;
  }

  private String rawArguments() {
    int start = position;
    skipBalanced(false);
    String arguments = text.substring(start, position).strip();
    expect(')');
    return arguments;
  }

  /// Moves to the `)` that closes the open one, or to a comma on its level.
  private void skipBalanced(boolean stopAtComma) {
    int open = 0;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '\'' || c == '`' || c == '"') {
        skipQuoted(c);
        continue;
      }
      if (open == 0 && (c == ')' || stopAtComma && c == ',')) {
        return;
      }
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      position++;
    }
    throw wrong("a closing ')' is missing");
  }

  private void skipQuoted(char quote) {
    position++;
    while (position < text.length() && text.charAt(position) != quote) {
      position += text.charAt(position) == '\\' ? 2 : 1;
    }
    if (position >= text.length()) {
      throw wrong("a closing " + quote + " is missing");
    }
    position++;
  }

  private <T> T last(T argument) {
    boolean comma = accept(',');
    if (!accept(')')) {
      throw wrong(comma ? "too many arguments" : "expected ')'");
    }
    return argument;
  }

  private String word() {
    skipSpace();
    int start = position;
    while (position < text.length() && isWord(text.charAt(position))) {
      position++;
    }
    if (start == position) {
      throw wrong("expected a type");
    }
    return text.substring(start, position);
  }

  private int number() {
    skipSpace();
    int start = position;
    if (position < text.length() && "+-".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    while (position < text.length() && Character.isDigit(text.charAt(position))) {
      position++;
    }
    try {
      return Integer.parseInt(text, start, position, 10);
    } catch (NumberFormatException e) {
      throw wrong("expected a whole number", e);
    }
  }

  private String string() {
    skipSpace();
    if (!peek('\'')) {
      throw wrong("expected a quoted string");
    }
    return quotedName();
  }

  private String quotedName() {
    char quote = text.charAt(position++);
    StringBuilder value = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '\\' && position < text.length()) {
        value.append(unescaped(text.charAt(position++)));
      } else if (c != quote) {
        value.append(c);
      } else if (position < text.length() && text.charAt(position) == quote) {
        value.append(quote);
        position++;
      } else {
        return value.toString();
      }
    }
    throw wrong("a closing " + quote + " is missing");
  }

  private static char unescaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case '0' -> '\0';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> c;
    };
  }

  private void skipSpace() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private boolean peek(char c) {
    skipSpace();
    return position < text.length() && text.charAt(position) == c;
  }

  private boolean accept(char c) {
    if (!peek(c)) {
      return false;
    }
    position++;
    return true;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw wrong("expected '" + c + "'");
    }
  }

  private static boolean isWord(char c) {
    return c == '_' || c == '.' || Character.isLetterOrDigit(c);
  }

  private PlatformException wrong(String what) {
    return wrong(what, null);
  }

  private PlatformException wrong(String what, @Nullable Throwable cause) {
    return new PlatformException(
        TypeError.INVALID_TYPE,
        "The type '" + text + "' is not valid: " + what + " at character " + (position + 1),
        cause);
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new PlatformException(TypeError.INVALID_TYPE, otherwise);
    }
  }

  static void checkEnum(int bits, List<EnumEntry> entries) {
    check(!entries.isEmpty(), "An enum needs at least one entry");
    Set<String> names = new HashSet<>();
    Set<Integer> values = new HashSet<>();
    for (EnumEntry entry : entries) {
      boolean fits =
          bits == 8
              ? entry.value() == (byte) entry.value()
              : entry.value() == (short) entry.value();
      check(fits, "The enum value " + entry.value() + " does not fit Enum" + bits);
      check(names.add(entry.name()), "The enum name '" + entry.name() + "' stands twice");
      check(values.add(entry.value()), "The enum value " + entry.value() + " stands twice");
    }
  }

  static void checkTuple(List<TupleElement> elements) {
    Set<String> names = new HashSet<>();
    long named = 0;
    for (TupleElement element : elements) {
      String name = element.name();
      if (name != null) {
        named++;
        check(names.add(name), "The tuple element '" + name + "' stands twice");
      }
    }
    check(
        named == 0 || named == elements.size(),
        "Either every element of a tuple has a name or none has");
  }

  /// The text in single quotes, as ClickHouse prints it.
  static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
  }

  /// The name, in backquotes where it is not a plain word.
  static String identifier(String name) {
    boolean plain = !name.isEmpty() && !Character.isDigit(name.charAt(0));
    for (int i = 0; i < name.length() && plain; i++) {
      char c = name.charAt(i);
      plain = c == '_' || c < 128 && Character.isLetterOrDigit(c);
    }
    return plain ? name : "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`";
  }
}
