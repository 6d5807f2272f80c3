// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// A condition on an event: as SQL has it and as Java has it, with `null` for NULL.
record Condition(String sql, Function<Event, @Nullable Boolean> of) {
  boolean holds(Event event) {
    return Boolean.TRUE.equals(of.apply(event));
  }

  static Condition random(RandomGenerator random, List<Field> fields) {
    return random(random, fields, 2);
  }

  private static Condition random(RandomGenerator random, List<Field> fields, int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      Condition one = random(random, fields, depth - 1);
      Condition other = random(random, fields, depth - 1);
      return switch (random.nextInt(3)) {
        case 0 -> one.and(other);
        case 1 ->
            one.negated()
                .and(other.negated())
                .negated()
                .as("(" + one.sql + " OR " + other.sql + ")");
        default -> one.negated();
      };
    }
    return simple(random, Term.of(fields, random.nextInt(fields.size())));
  }

  private Condition as(String text) {
    return new Condition(text, of);
  }

  private Condition negated() {
    return new Condition(
        "NOT (" + sql + ")",
        event -> of.apply(event) instanceof Boolean value ? (Boolean) !value : null);
  }

  private Condition and(Condition other) {
    return new Condition(
        "(" + sql + " AND " + other.sql + ")",
        event -> {
          Boolean left = of.apply(event);
          Boolean right = other.of.apply(event);
          if (Boolean.FALSE.equals(left) || Boolean.FALSE.equals(right)) {
            return false;
          }
          return left == null || right == null ? null : (Boolean) true;
        });
  }

  private static Condition simple(RandomGenerator random, Term term) {
    if (term.type() instanceof DataType.NullableOf && random.nextInt(3) == 0) {
      boolean isNull = random.nextBoolean();
      return new Condition(
          term.sql() + (isNull ? " IS NULL" : " IS NOT NULL"),
          event -> (term.of().apply(event) == null) == isNull);
    }
    return switch (term.bare()) {
      case DataType.Int type -> {
        long literal = random.nextInt(10);
        yield switch (random.nextInt(3)) {
          case 0 ->
              compared(term, " > " + literal, value -> Values.compare(type, value, literal) > 0);
          case 1 ->
              compared(term, " <= " + literal, value -> Values.compare(type, value, literal) <= 0);
          default ->
              compared(
                  term,
                  " IN (1, " + literal + ", 100)",
                  value -> value.equals(1L) || value.equals(literal) || value.equals(100L));
        };
      }
      case DataType.Float _ -> {
        int literal = random.nextInt(1_000);
        yield compared(term, " >= " + literal, value -> (Double) value >= literal);
      }
      case DataType.StringType _ ->
          random.nextBoolean()
              ? compared(
                  term, " IN ('s1', '', 'ä€')", value -> List.of("s1", "", "ä€").contains(value))
              : compared(term, " != 's2'", value -> !value.equals("s2"));
      case DataType.Bool _ -> compared(term, "", value -> value.equals(1L));
      case DataType.DateTime _, DataType.DateTime64 _ ->
          new Condition(
              "toSecond(" + term.sql() + ") < 30",
              event -> Math.floorMod(Math.floorDiv(event.micros(), 1_000_000L), 60L) < 30);
      default -> compared(term, " > 0", value -> (Long) value > 0);
    };
  }

  private static Condition compared(Term term, String operation, Function<Object, Boolean> holds) {
    return new Condition(
        term.sql() + operation,
        event -> {
          Object value = term.of().apply(event);
          return value == null ? null : holds.apply(value);
        });
  }
}
