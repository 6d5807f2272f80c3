// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A value while a template is rendered.
sealed interface Value {
  Value NONE = new None();

  /// What Python calls its type, for messages.
  default String typeName() {
    return switch (this) {
      case None _, Undefined _ -> "NoneType";
      case Bool _ -> "bool";
      case Int _ -> "int";
      case Real _ -> "float";
      case Text _, Open _ -> "str";
      case Items _ -> "list";
      case Pair _ -> "tuple";
      case Dict _ -> "dict";
      case Typed typed -> typed.plain().typeName();
      case Sql _ -> "SQL expression";
    };
  }

  /// Whether there is no value.
  default boolean absent() {
    return this instanceof None || this instanceof Undefined;
  }

  /// Whether it stands for the values of many calls.
  default boolean open() {
    return this instanceof Open || this instanceof Typed(Open _, String _);
  }

  /// The value itself, without the form it has in SQL.
  ///
  /// @throws OpenArgument if the value is open
  default Value plain() {
    return switch (this) {
      case Typed(Value value, String _) -> value.plain();
      case Open(String name) -> throw new OpenArgument(name);
      default -> this;
    };
  }

  static Value of(boolean value) {
    return value ? Bool.TRUE : Bool.FALSE;
  }

  static Value of(long value) {
    return new Int(BigInteger.valueOf(value));
  }

  static Value of(String value) {
    return new Text(value);
  }

  record None() implements Value {}

  /// A parameter that was not given.
  record Undefined(String name) implements Value {}

  /// A parameter that every call of a kind gives: it can be written into the SQL, as a name that
  /// [OpenParameter] describes, and nothing else can be done with it.
  record Open(String name) implements Value {}

  record Bool(boolean value) implements Value {
    static final Bool TRUE = new Bool(true);
    static final Bool FALSE = new Bool(false);
  }

  record Int(BigInteger value) implements Value {}

  record Real(double value) implements Value {}

  record Text(String value) implements Value {}

  /// A list.
  record Items(List<Value> values, Extent extent) implements Value {
    static Value of(List<Value> values) {
      return new Items(values, Extent.of(values));
    }
  }

  /// A tuple.
  record Pair(List<Value> values, Extent extent) implements Value {
    static Value of(List<Value> values) {
      return new Pair(values, Extent.of(values));
    }

    static Value of(Value first, Value second) {
      return of(List.of(first, second));
    }
  }

  record Dict(Map<Value, Value> values, Extent extent) implements Value {
    static Value of(Map<Value, Value> values) {
      return new Dict(values, Extent.of(values.values()));
    }

    /// What may be a key: anything but lists and dictionaries.
    static Value key(Value value) {
      Value key = value.plain();
      if (key instanceof Items || key instanceof Dict) {
        throw TemplateFailures.evaluation("unhashable type: '" + key.typeName() + "'");
      }
      return key;
    }

    /// The value of a key; null without. Equal numbers are the same key, whatever their type.
    @Nullable Value find(Value wanted) {
      Value key = key(wanted);
      Value found = values.get(key);
      if (found != null || !Operations.isNumber(key)) {
        return found;
      }
      return Stream.of(new Real(Operations.real(key)), whole(key), Bool.TRUE, Bool.FALSE)
          .filter(other -> Operations.equal(other, key))
          .map(values::get)
          .filter(Objects::nonNull)
          .findFirst()
          .orElse(null);
    }

    private static Value whole(Value number) {
      return number instanceof Real(double real) && Double.isFinite(real)
          ? new Int(new BigDecimal(real).toBigInteger())
          : number instanceof Real ? number : new Int(Operations.whole(number));
    }
  }

  /// How much a collection holds, with all that is in it, and how deep; both are limited.
  record Extent(int elements, int depth) {
    /// So many characters of a text count as another element.
    private static final int TEXT_WEIGHT = 256;

    static Extent of(Collection<Value> values) {
      long elements = 1;
      int depth = 0;
      for (Value value : values) {
        Extent inner =
            switch (value.plain()) {
              case Items items -> items.extent();
              case Pair pair -> pair.extent();
              case Dict dict -> dict.extent();
              case Text(String text) -> new Extent(1 + text.length() / TEXT_WEIGHT, 0);
              default -> new Extent(1, 0);
            };
        elements += inner.elements();
        depth = Math.max(depth, inner.depth());
      }
      Limits.items(elements - 1);
      if (depth >= Limits.NESTING_MAX) {
        throw TemplateFailures.limit("lists are nested deeper than " + Limits.NESTING_MAX);
      }
      return new Extent((int) elements, depth + 1);
    }
  }

  /// A value that has a form of its own in SQL, such as `toInt32('5')`.
  record Typed(Value value, String sql) implements Value {}

  /// A text that only can be written into the SQL: a name, a comment, a placeholder.
  record Sql(String sql) implements Value {}
}
