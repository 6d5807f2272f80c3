// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import java.util.stream.Collectors;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// How a value of a file becomes a value of a column, as SQL.
///
/// ClickHouse converts as it does anywhere, but for what it would do silently: a number or a time
/// that does not fit is not cut to size, and NULL does not become a default.
///
/// @param value the value, in a type that an INSERT takes for the column
/// @param fits whether `value` means what the file says; `1` where it always does
record ColumnCast(String value, String fits) {
  static final String ALWAYS = "1";

  /// Seconds and days a DateTime and a Date can hold.
  private static final String DATE_TIME_SECONDS = " BETWEEN 0 AND 4294967295";

  private static final String DATE_TIME_DAYS = " BETWEEN 0 AND 49709";
  private static final String DATE_DAYS = " BETWEEN 0 AND 65535";

  /// @param from the type ClickHouse reads from the file
  /// @param nullIsDefault whether the column takes its DEFAULT where the file has NULL
  static ColumnCast of(String source, DataType from, DataType to, boolean nullIsDefault) {
    return of(source, from, to, nullIsDefault, 0);
  }

  private static ColumnCast of(
      String source, DataType from, DataType to, boolean nullIsDefault, int depth) {
    DataType given = bare(from);
    DataType wanted = bare(to);
    if (!(given instanceof DataType.NullableOf(DataType present))) {
      return conversion(source, given, inner(wanted), depth);
    }
    boolean mayBeNull = wanted instanceof DataType.NullableOf || nullIsDefault;
    if (mayBeNull && present.sql().equals(inner(wanted).sql())) {
      return always(source);
    }
    ColumnCast cast = conversion("assumeNotNull(" + source + ")", present, inner(wanted), depth);
    if (mayBeNull) {
      String none = "isNull(" + source + ")";
      return new ColumnCast(
          "if(" + none + ", NULL, " + cast.value() + ")",
          cast.always() ? ALWAYS : "(" + none + " OR " + cast.fits() + ")");
    }
    String some = "isNotNull(" + source + ")";
    return new ColumnCast(
        cast.value(), cast.always() ? some : "(" + some + " AND " + cast.fits() + ")");
  }

  boolean always() {
    return fits.equals(ALWAYS);
  }

  private static ColumnCast always(String expression) {
    return new ColumnCast(expression, ALWAYS);
  }

  /// By an expression that is NULL where the value does not fit.
  private static ColumnCast checked(String orNull) {
    return new ColumnCast("assumeNotNull(" + orNull + ")", "isNotNull(" + orNull + ")");
  }

  /// By an expression that is right where a condition holds.
  private static ColumnCast where(String condition, String expression) {
    return new ColumnCast(expression, "(" + condition + ")");
  }

  /// ClickHouse has no cast here that says no for one row: it refuses the file instead.
  private static ColumnCast refusing(String source, DataType to) {
    return where("ignore(" + cast(source, to) + ") = 0", cast(source, to));
  }

  private static DataType bare(DataType type) {
    return type instanceof DataType.LowCardinality low ? low.inner() : type;
  }

  private static DataType inner(DataType type) {
    return type instanceof DataType.NullableOf nullable ? nullable.inner() : type;
  }

  /// What becomes of a value that is not NULL.
  private static ColumnCast conversion(String source, DataType from, DataType to, int depth) {
    if (from.sql().equals(to.sql())) {
      return always(source);
    }
    return switch (to) {
      case DataType.StringType _ -> text(source, from);
      case DataType.Int wide -> integer(source, from, wide);
      case DataType.Float real -> real(source, from, real);
      case DataType.Date _ -> date(source, from, to);
      case DataType.Date32 _ -> temporal(source, from, to);
      case DataType.DateTime time -> dateTime(source, from, time);
      case DataType.DateTime64 time -> dateTime64(source, from, time);
      case DataType.Enum names -> enumeration(source, from, names);
      case DataType.Array array -> array(source, from, array, depth);
      case DataType.MapOf map -> map(source, from, map, depth);
      case DataType.Json _ ->
          checked(
              orNull(
                  from instanceof DataType.StringType ? source : "toJSONString(" + source + ")",
                  to));
      case DataType.Decimal _,
          DataType.Bool _,
          DataType.Uuid _,
          DataType.Ipv4 _,
          DataType.Ipv6 _,
          DataType.FixedString _ ->
          checked(orNull(source, to));
      case DataType.SimpleAggregateFunction(var _, DataType inside) ->
          conversion(source, from, inner(bare(inside)), depth);
      case DataType.Tuple _,
          DataType.Nested _,
          DataType.AggregateFunction _,
          DataType.Geo _,
          DataType.Other _,
          DataType.NullableOf _,
          DataType.LowCardinality _ ->
          refusing(source, to);
    };
  }

  private static ColumnCast text(String source, DataType from) {
    boolean composed =
        from instanceof DataType.Array
            || from instanceof DataType.MapOf
            || from instanceof DataType.Tuple;
    return always((composed ? "toJSONString(" : "toString(") + source + ")");
  }

  private static ColumnCast integer(String source, DataType from, DataType.Int to) {
    boolean wider =
        from instanceof DataType.Int(int bits, boolean signed)
            && bits < to.bits()
            && (to.signed() || !signed);
    return wider ? always(cast(source, to)) : checked(orNull(source, to));
  }

  private static ColumnCast real(String source, DataType from, DataType.Float to) {
    boolean number =
        from instanceof DataType.Int
            || from instanceof DataType.Float
            || from instanceof DataType.Decimal
            || from instanceof DataType.Bool;
    return number
        ? always("to" + to.sql() + "(" + source + ")")
        : checked("to" + to.sql() + "OrNull(" + source + ")");
  }

  private static ColumnCast date(String source, DataType from, DataType to) {
    return switch (from) {
      case DataType.Date32 _ ->
          where("toInt32(" + source + ")" + DATE_DAYS, "toDate(" + source + ")");
      case DataType.DateTime64 _ ->
          where("toInt32(toDate32(" + source + "))" + DATE_DAYS, "toDate(" + source + ")");
      default -> temporal(source, from, to);
    };
  }

  private static ColumnCast dateTime(String source, DataType from, DataType.DateTime to) {
    String zone = literal(to.zone() == null ? "UTC" : to.zone());
    return switch (from) {
      case DataType.StringType _ ->
          checked("parseDateTimeBestEffortOrNull(" + source + ", " + zone + ")");
      case DataType.DateTime64 _ ->
          where(
              "toUnixTimestamp64Second(" + source + ")" + DATE_TIME_SECONDS,
              "toDateTime(" + source + ", " + zone + ")");
      case DataType.Date32 _ ->
          where(
              "toInt32(" + source + ")" + DATE_TIME_DAYS,
              "toDateTime(" + source + ", " + zone + ")");
      default -> temporal(source, from, to);
    };
  }

  private static ColumnCast dateTime64(String source, DataType from, DataType.DateTime64 to) {
    return from instanceof DataType.StringType
        ? checked(
            "parseDateTime64BestEffortOrNull("
                + source
                + ", "
                + to.precision()
                + ", "
                + literal(to.zone() == null ? "UTC" : to.zone())
                + ")")
        : temporal(source, from, to);
  }

  /// Between kinds of time nothing is lost but precision; from anything else it is checked.
  private static ColumnCast temporal(String source, DataType from, DataType to) {
    boolean time =
        from instanceof DataType.Date
            || from instanceof DataType.Date32
            || from instanceof DataType.DateTime
            || from instanceof DataType.DateTime64;
    return time ? always(cast(source, to)) : checked(orNull(source, to));
  }

  private static ColumnCast enumeration(String source, DataType from, DataType.Enum to) {
    boolean number = from instanceof DataType.Int;
    String known =
        to.entries().stream()
            .map(entry -> number ? Integer.toString(entry.value()) : literal(entry.name()))
            .collect(Collectors.joining(", ", "[", "]"));
    String values =
        to.entries().stream()
            .map(entry -> Integer.toString(entry.value()))
            .collect(Collectors.joining(", ", "CAST([", "], 'Array(Int16)')"));
    String given = number ? source : "toString(" + source + ")";
    return checked("transform(" + given + ", " + known + ", " + values + ", NULL)");
  }

  private static ColumnCast array(String source, DataType from, DataType.Array to, int depth) {
    if (!(from instanceof DataType.Array(DataType element))) {
      return refusing(source, to);
    }
    String each = "x" + depth;
    ColumnCast cast = of(each, element, to.element(), false, depth + 1);
    String value = "arrayMap(" + each + " -> " + cast.value() + ", " + source + ")";
    return cast.always()
        ? always(cast.value().equals(each) ? source : value)
        : where("arrayAll(" + each + " -> " + cast.fits() + ", " + source + ")", value);
  }

  private static ColumnCast map(String source, DataType from, DataType.MapOf to, int depth) {
    if (!(from instanceof DataType.MapOf(DataType key, DataType value))) {
      return refusing(source, to);
    }
    ColumnCast keys =
        array(
            "mapKeys(" + source + ")",
            new DataType.Array(key),
            new DataType.Array(to.key()),
            depth);
    ColumnCast values =
        array(
            "mapValues(" + source + ")",
            new DataType.Array(value),
            new DataType.Array(to.value()),
            depth);
    String both = "mapFromArrays(" + keys.value() + ", " + values.value() + ")";
    return keys.always() && values.always()
        ? always(both)
        : where(keys.fits() + " AND " + values.fits(), both);
  }

  private static String cast(String source, DataType to) {
    return "CAST(" + source + ", " + literal(to.sql()) + ")";
  }

  private static String orNull(String source, DataType to) {
    return "accurateCastOrNull(" + source + ", " + literal(to.sql()) + ")";
  }

  static String literal(@Nullable String text) {
    return "'" + String.valueOf(text).replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
