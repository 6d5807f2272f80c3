// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Random SELECTs over tables `t0`, `t1`, ... with one column `c`, and over common table
/// expressions of the same names. Most of them are right; the engine decides.
///
/// The engine reads the names inside a common table expression where it is used, not where it
/// stands. So that both are the same, such an expression here only reads names with numbers up to
/// its own, inner queries define names with higher numbers than outer ones, and only the first
/// SELECT of a UNION defines any.
final class RandomSelect {
  private static final String[] GAPS = {" ", " ", " ", "\n", "\t", " /* FROM x */ ", " -- y\n"};
  private static final String[] NOISE = {
    "'FROM t0'", "'it''s'", "'\\''", "$$ JOIN t1 $$", "1.5", "[1, 2]", "(1, 'a')", "toDate(0)"
  };

  private final RandomGenerator random;
  private final int tables;
  private int aliases;

  /// The lowest number a common table expression may have here.
  private int floor;

  /// The numbers tables may have here.
  private List<Integer> allowed;

  RandomSelect(RandomGenerator random, int tables) {
    this.random = random;
    this.tables = tables;
    this.allowed = IntStream.range(0, tables).boxed().toList();
  }

  String statement() {
    String sql = union(2);
    return random.nextInt(8) == 0 ? sql + gap() + "SETTINGS max_threads = 1" : sql;
  }

  private String union(int depth) {
    StringBuilder sql = new StringBuilder(element(depth));
    int more = random.nextInt(5) == 0 ? 1 + random.nextInt(2) : 0;
    int outerFloor = floor;
    floor = more > 0 ? tables : floor;
    String operator = random.nextInt(3) == 0 ? "UNION DISTINCT" : "UNION ALL";
    for (int i = 0; i < more; i++) {
      sql.append(gap()).append(operator).append(gap()).append(element(depth));
    }
    floor = outerFloor;
    return sql.toString();
  }

  private String element(int depth) {
    String select = select(depth);
    boolean closed = random.nextInt(6) == 0 && !select.startsWith("WITH");
    return closed ? "(" + select + ")" : select;
  }

  private String select(int depth) {
    int outerFloor = floor;
    List<Integer> outerAllowed = allowed;
    String sql = scopedSelect(depth);
    floor = outerFloor;
    allowed = outerAllowed;
    return sql;
  }

  private String scopedSelect(int depth) {
    StringBuilder sql = new StringBuilder();
    if (depth > 0 && floor < tables && random.nextInt(3) == 0) {
      sql.append(with(depth)).append(gap());
    }
    String alias = alias();
    String from = "FROM" + gap() + source(depth, alias, true);
    String list = "SELECT" + gap() + list(depth, alias);
    boolean fromFirst = random.nextInt(15) == 0;
    sql.append(fromFirst ? from : list).append(gap()).append(fromFirst ? list : from);
    if (random.nextInt(3) == 0) {
      sql.append(gap()).append("WHERE").append(gap()).append(condition(depth, alias));
    }
    if (random.nextInt(6) == 0) {
      sql.append(gap()).append("ORDER BY c LIMIT 10");
    }
    return sql.toString();
  }

  private String with(int depth) {
    List<String> elements = new ArrayList<>();
    int first = floor + random.nextInt(tables - floor);
    int last = Math.min(tables - 1, first + random.nextInt(2));
    for (int number = first; number <= last; number++) {
      int own = number;
      List<Integer> outer = Stream.concat(allowed.stream(), Stream.of(own)).distinct().toList();
      allowed = outer.stream().filter(other -> other <= own).toList();
      floor = last + 1;
      if (random.nextInt(4) == 0) {
        elements.add("(SELECT max(c) FROM " + table() + ") AS s" + aliases++);
      }
      elements.add(table(own) + gap() + "AS" + gap() + "(" + union(depth - 1) + ")");
      allowed = outer;
    }
    floor = last + 1;
    return "WITH" + gap() + String.join(",", elements);
  }

  private String list(int depth, String alias) {
    StringBuilder list = new StringBuilder();
    list.append(
        switch (random.nextInt(4)) {
          case 0 -> alias + ".c + " + random.nextInt(1000) + " AS c";
          case 1 -> "toInt64(sum(" + alias + ".c)) AS c";
          default -> alias + ".c AS c";
        });
    if (random.nextInt(6) == 0) {
      return "c FROM (SELECT"
          + gap()
          + list
          + ","
          + noise()
          + " AS n FROM"
          + gap()
          + source(depth, alias, false)
          + ") AS "
          + alias
          + " WHERE 1 UNION ALL SELECT "
          + alias
          + ".c AS c";
    }
    return list.toString();
  }

  private String source(int depth, String alias, boolean joins) {
    StringBuilder source = new StringBuilder(item(depth)).append(as()).append(alias);
    int more = joins && random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
    for (int i = 0; i < more; i++) {
      String other = alias();
      source.append(
          switch (random.nextInt(4)) {
            case 0 -> "," + gap() + item(depth) + as() + other;
            case 1 ->
                gap()
                    + "LEFT JOIN"
                    + gap()
                    + item(depth)
                    + as()
                    + other
                    + " ON "
                    + alias
                    + ".c = "
                    + other
                    + ".c";
            case 2 -> gap() + "CROSS JOIN" + gap() + item(depth) + as() + other;
            default ->
                gap()
                    + "ARRAY JOIN [1, 2] AS "
                    + other
                    + gap()
                    + "CROSS JOIN "
                    + table()
                    + as()
                    + alias();
          });
    }
    return source.toString();
  }

  private String item(int depth) {
    return switch (depth > 0 ? random.nextInt(5) : 1) {
      case 0 -> "(" + union(depth - 1) + ")";
      case 2 -> random.nextInt(4) == 0 ? "(SELECT toInt64(number) AS c FROM numbers(2))" : table();
      default -> table();
    };
  }

  private String condition(int depth, String alias) {
    return switch (random.nextInt(depth > 0 ? 7 : 3)) {
      case 0 -> alias + ".c IN " + table();
      case 1 -> alias + ".c NOT IN (" + table() + ")";
      case 2 -> noise() + " IS NOT DISTINCT FROM " + noise() + " OR 1";
      case 3 -> alias + ".c >= (SELECT min(c) FROM (" + union(depth - 1) + "))";
      case 4 -> alias + ".c IN (" + union(depth - 1) + ")";
      case 5 -> "EXISTS(" + union(depth - 1) + ")";
      default -> alias + ".c GLOBAL IN" + gap() + table();
    };
  }

  private String as() {
    return random.nextBoolean() ? gap() + "AS" + gap() : gap();
  }

  private String table() {
    return table(allowed.get(random.nextInt(allowed.size())));
  }

  private String table(int number) {
    String name = "t" + number;
    return switch (random.nextInt(6)) {
      case 0 -> "`" + name + "`";
      case 1 -> '"' + name + '"';
      default -> name;
    };
  }

  private String noise() {
    return NOISE[random.nextInt(NOISE.length)];
  }

  private String alias() {
    return "a" + aliases++;
  }

  private String gap() {
    return GAPS[random.nextInt(GAPS.length)];
  }
}
