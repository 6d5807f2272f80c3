// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import kinglet.type.Column;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// A column of a case's data source, and how its values are made.
///
/// @param wild whether it has values that no sum may be computed of: infinite ones, huge ones
record Field(
    String name, DataType type, boolean wild, Function<RandomGenerator, @Nullable Object> maker) {
  private static final List<String> WORDS =
      List.of("", "s0", "s1", "s2", "S2", "ä€", "with 'quotes'", "x".repeat(40), "s3");
  private static final double[] WILD = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MAX_VALUE,
    -0.0,
    0.0,
    Double.MIN_VALUE,
    1e300,
    -1e300
  };

  boolean nullable() {
    return type instanceof DataType.NullableOf;
  }

  DataType bare() {
    return Values.bare(type);
  }

  Column column() {
    return Column.of(name, type.sql());
  }

  static Field random(RandomGenerator random, String name) {
    Field field =
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> whole(random, name);
          case 4 -> new Field(name, type("Float64"), false, made -> made.nextDouble() * 1_000);
          case 5 -> new Field(name, type("Float64"), false, made -> made.nextGaussian() * 1e6);
          case 6 ->
              new Field(
                  name,
                  type("Float64"),
                  true,
                  made ->
                      made.nextBoolean() ? WILD[made.nextInt(WILD.length)] : made.nextGaussian());
          case 7 ->
              new Field(
                  name, type("Float32"), false, made -> (double) (made.nextInt(10_000) / 16f));
          case 8 -> new Field(name, type("String"), false, Field::word);
          case 9 -> new Field(name, type("LowCardinality(String)"), false, Field::word);
          case 10 ->
              new Field(
                  name,
                  type("Decimal(18, 4)"),
                  false,
                  made -> made.nextLong(-1_000_000_000L, 1_000_000_000L));
          default -> new Field(name, type("Bool"), false, made -> made.nextBoolean() ? 1L : 0L);
        };
    return random.nextInt(3) == 0 ? field.orNull(2 + random.nextInt(4)) : field;
  }

  private static Field whole(RandomGenerator random, String name) {
    int bits = 8 << random.nextInt(4);
    boolean signed = random.nextBoolean();
    DataType.Int type = new DataType.Int(bits, signed);
    int style = random.nextInt(3);
    return new Field(
        name,
        type,
        false,
        made ->
            switch (style == 2 ? made.nextInt(3) : style) {
              case 0 -> made.nextLong(10);
              case 1 -> Values.wrap(java.math.BigInteger.valueOf(made.nextLong()), type);
              default ->
                  Values.wrap(
                      java.math.BigInteger.ONE
                          .shiftLeft(signed ? bits - 1 : bits)
                          .subtract(java.math.BigInteger.valueOf(made.nextInt(3))),
                      type);
            });
  }

  private static String word(RandomGenerator random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private static DataType type(String sql) {
    return DataType.parse(sql);
  }

  /// This field with one value in so many being NULL.
  private Field orNull(int every) {
    DataType nullable =
        type instanceof DataType.LowCardinality(DataType inner)
            ? new DataType.LowCardinality(new DataType.NullableOf(inner))
            : new DataType.NullableOf(type);
    return new Field(
        name, nullable, wild, made -> made.nextInt(every) == 0 ? null : maker.apply(made));
  }
}
