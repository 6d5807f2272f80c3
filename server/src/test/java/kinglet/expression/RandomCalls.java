// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import kinglet.type.DataType;

/// Random calls that fit together: what does not compile is thrown away.
final class RandomCalls {
  private static final int TRIES = 10_000;
  private static final int DEPTH_MAX = 4;
  private static final String[] CONSTANTS = {
    "0",
    "1",
    "2",
    "3",
    "-1",
    "10",
    "100",
    "255",
    "-5",
    "1.5",
    "0.5",
    "-2.",
    "NULL",
    "true",
    "''",
    "'a'",
    "'abc'",
    "'é'",
    "'x'",
    "','",
    "'%a%'",
    "'_b'",
    "'[a-c]+'",
    "'day'",
    "'month'",
    "'hour'",
    "'week'",
    "'second'",
    "'year'",
    "'Europe/Berlin'",
    "'UTC'",
    "'2024-02-29'",
    "'12'",
    "'Nullable(String)'",
    "'Int32'",
    "'Float64'",
    "'String'",
    "'Decimal(18, 3)'",
    "'Nullable(Int64)'",
    "'Date'",
    "[1, 2]",
    "[1.5, 2, 9]",
    "['a', 'b']",
    "[1, NULL]",
    "(1, 2)",
    "('a', 'b')",
    "(1, 'a')",
    "toIntervalDay(1)",
    "toIntervalMonth(-1)",
    "toIntervalHour(5)",
    "toIntervalMinute(15)",
    "toIntervalWeek(2)",
    "toIntervalSecond(7)",
    "toIntervalMillisecond(3)",
    "toIntervalYear(1)",
    "map('a', 1)",
    "x -> x + 1",
    "x -> x = 1",
    "x -> length(x)",
    "x -> x",
    "(x, y) -> x = y",
    "x -> x > 0",
    "(k, v) -> v > 0",
    "x -> NOT x",
    "'d'",
    "'b'",
    "'$.a'",
    "'%Y-%m-%d %H:%i:%S'",
    "toDate('2024-01-31')",
    "'Array(Int64)'",
    "'c'"
  };

  /// What may give bytes that are no UTF-8, or times beyond all ranges.
  private static final Pattern NO_ARGUMENT =
      Pattern.compile(
          "^(reverse|unhex|substring|left|right|add[A-Z]|subtract|plus|minus|date|toFixedString|repeat|negate)");

  private record Piece(String sql, int depth) {}

  private final RandomGenerator random;
  private final Columns columns;
  private final Compiler compiler;

  /// By type, so that rare types are met as often as others.
  private final Map<String, List<Piece>> pool = new LinkedHashMap<>();

  private List<String> kinds = new ArrayList<>();

  RandomCalls(RandomGenerator random, Columns columns, Compiler compiler) {
    this.random = random;
    this.columns = columns;
    this.compiler = compiler;
    columns.columns().forEach(c -> add(c.type().sql(), new Piece("`" + c.name() + "`", 0)));
    for (String constant : CONSTANTS) {
      add(kind(constant), new Piece(constant, 0));
    }
  }

  private String kind(String constant) {
    if (constant.contains("->")) {
      return "lambda";
    }
    if (constant.startsWith("'")) {
      return "constant text";
    }
    return "constant " + compiler.compile(ExpressionParser.parse(constant), columns).type().sql();
  }

  private void add(String kind, Piece piece) {
    pool.computeIfAbsent(kind, _ -> new ArrayList<>()).add(piece);
    kinds = new ArrayList<>(pool.keySet());
  }

  /// A call of a function, or nothing if luck does not bring one.
  Optional<String> call(Function function) {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int count = arity();
      StringBuilder sql = new StringBuilder(function.name()).append('(');
      int depth = 0;
      boolean column = false;
      for (int i = 0; i < count; i++) {
        boolean lambda = i == 0 && function.signature().contains("->") && random.nextInt(3) > 0;
        Piece piece = lambda ? lambda() : piece();
        depth = Math.max(depth, piece.depth() + 1);
        column |= piece.sql().contains("`");
        sql.append(i == 0 ? "" : ", ").append(piece.sql());
      }
      sql.append(')');
      if (column && depth <= DEPTH_MAX && sql.length() < 1_000) {
        Optional<DataType> type = type(sql.toString());
        if (type.isPresent() && !Types.isNothing(type.get())) {
          return Optional.of(sql.toString());
        }
      }
    }
    return Optional.empty();
  }

  /// Lets later calls take a call as an argument.
  void keep(String sql) {
    int depth = 0;
    int deepest = 0;
    for (int i = 0; i < sql.length(); i++) {
      depth += sql.charAt(i) == '(' ? 1 : sql.charAt(i) == ')' ? -1 : 0;
      deepest = Math.max(deepest, depth);
    }
    if (deepest < DEPTH_MAX && !NO_ARGUMENT.matcher(sql).find()) {
      add(type(sql).orElseThrow().sql(), new Piece(sql, deepest));
    }
  }

  private int arity() {
    int pick = random.nextInt(20);
    return pick < 6 ? 1 : pick < 14 ? 2 : pick < 18 ? 3 : 4;
  }

  private Piece lambda() {
    List<Piece> lambdas = pool.get("lambda");
    return lambdas.get(random.nextInt(lambdas.size()));
  }

  private Piece piece() {
    int pick = random.nextInt(4);
    if (pick == 0) {
      int column = random.nextInt(columns.columns().size());
      return new Piece("`" + columns.columns().get(column).name() + "`", 0);
    }
    if (pick == 1) {
      return new Piece(CONSTANTS[random.nextInt(CONSTANTS.length)], 0);
    }
    List<Piece> pieces = pool.get(kinds.get(random.nextInt(kinds.size())));
    return pieces.get(random.nextInt(pieces.size()));
  }

  private Optional<DataType> type(String sql) {
    try {
      return Optional.of(compiler.compile(ExpressionParser.parse(sql), columns).type());
    } catch (PlatformException _) {
      return Optional.empty();
    }
  }
}
