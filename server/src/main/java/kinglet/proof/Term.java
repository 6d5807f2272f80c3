// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.math.BigInteger;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// A scalar expression over an event: as SQL has it and as Java has it.
///
/// @param wild whether it has values that no sum may be computed of
record Term(String sql, DataType type, boolean wild, Function<Event, @Nullable Object> of) {
  static Term of(List<Field> fields, int index) {
    Field field = fields.get(index);
    return new Term(field.name(), field.type(), field.wild(), event -> event.values().get(index));
  }

  /// The same where so many fields come first.
  Term after(int more) {
    return new Term(
        sql,
        type,
        wild,
        event ->
            of.apply(
                new Event(
                    event.micros(),
                    event.seq(),
                    event.ingestedMicros(),
                    event.key(),
                    event.values().subList(more, event.values().size()))));
  }

  DataType bare() {
    return Values.bare(type);
  }

  boolean isWhole() {
    return bare() instanceof DataType.Int;
  }

  boolean isReal() {
    return bare() instanceof DataType.Float;
  }

  /// Whether sums of it have a meaning and an error.
  boolean isSummable() {
    return isWhole() || (isReal() && !wild);
  }

  boolean hasOrder() {
    return !(bare() instanceof DataType.Bool);
  }

  /// A column, or whole numbers computed of columns.
  static Term random(RandomGenerator random, List<Field> fields) {
    List<Term> columns = IntStream.range(0, fields.size()).mapToObj(i -> of(fields, i)).toList();
    Term term = columns.get(random.nextInt(columns.size()));
    if (term.bare() instanceof DataType.StringType && random.nextInt(4) == 0) {
      Function<Event, @Nullable Object> text = term.of;
      return new Term(
          "length(" + term.sql + ")",
          new DataType.Int(Long.SIZE, false),
          false,
          event ->
              text.apply(event) instanceof String some
                  ? (long) some.getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                  : null);
    }
    if (!term.isWhole() || random.nextInt(3) > 0) {
      return term;
    }
    int literal = 1 + random.nextInt(100);
    List<Term> others = columns.stream().filter(Term::isWhole).toList();
    Term other =
        random.nextInt(4) == 0
            ? others.get(random.nextInt(others.size()))
            : new Term("" + literal, new DataType.Int(8, false), false, _ -> (long) literal);
    return switch (random.nextInt(4)) {
      case 0 -> wider(term, "+", other, false, BigInteger::add);
      case 1 -> wider(term, "*", other, false, BigInteger::multiply);
      case 2 -> wider(term, "-", other, true, BigInteger::subtract);
      default -> divided(term, literal);
    };
  }

  /// ClickHouse gives sums, differences and products twice the bits, up to 64.
  private static Term wider(
      Term one,
      String operator,
      Term other,
      boolean alwaysSigned,
      BinaryOperator<BigInteger> operation) {
    DataType.Int a = (DataType.Int) one.bare();
    DataType.Int b = (DataType.Int) other.bare();
    DataType.Int type =
        new DataType.Int(
            Math.min(Long.SIZE, 2 * Math.max(a.bits(), b.bits())),
            alwaysSigned || a.signed() || b.signed());
    return new Term(
        "(" + one.sql + " " + operator + " " + other.sql + ")",
        type,
        false,
        event ->
            one.of.apply(event) instanceof Long left && other.of.apply(event) instanceof Long right
                ? Values.wrap(operation.apply(Values.whole(left, a), Values.whole(right, b)), type)
                : null);
  }

  private static Term divided(Term term, int by) {
    DataType.Int type = (DataType.Int) term.bare();
    return new Term(
        "intDiv(" + term.sql + ", " + by + ")",
        type,
        false,
        event ->
            term.of.apply(event) instanceof Long value
                ? Values.wrap(Values.whole(value, type).divide(BigInteger.valueOf(by)), type)
                : null);
  }
}
