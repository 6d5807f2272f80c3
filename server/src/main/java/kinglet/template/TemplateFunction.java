// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The functions a template may call, with the names they have there.
enum TemplateFunction {
  /// A typed parameter; the name is the type's.
  TYPED,
  BOOLEAN("Boolean", "bool"),
  ARRAY("Array"),
  JSON("JSON"),
  COLUMN("column"),
  COLUMNS("columns"),
  SYMBOL("symbol", "Symbol", "Column"),
  TABLE("table", "TABLE"),
  DEFINED("defined"),
  SPLIT_TO_ARRAY("split_to_array"),
  ENUMERATE_WITH_LAST("enumerate_with_last"),
  SQL_AND("sql_and"),
  SQL_OR("sql_or"),
  SQL_UNESCAPE("sql_unescape"),
  DAY_DIFF("day_diff"),
  DATE_DIFF_IN_DAYS("date_diff_in_days"),
  DATE_DIFF_IN_HOURS("date_diff_in_hours"),
  DATE_DIFF_IN_MINUTES("date_diff_in_minutes"),
  DATE_DIFF_IN_SECONDS("date_diff_in_seconds"),
  ERROR("error"),
  CUSTOM_ERROR("custom_error"),
  MAX_THREADS("max_threads"),
  BACKEND_HINT("backend_hint"),
  CACHE_TTL("cache_ttl"),
  ACTIVATE("activate"),
  DISABLE("disable"),
  SECRET("tb_secret", "tb_var"),
  LEN("len"),
  SUM("sum"),
  MIN("min"),
  MAX("max"),
  ABS("abs"),
  ROUND("round"),
  RANGE("range"),
  ENUMERATE("enumerate"),
  ZIP("zip"),
  SORTED("sorted"),
  REVERSED("reversed"),
  ANY("any"),
  ALL("all"),
  STR("str"),
  INT("int"),
  FLOAT("float"),
  LIST("list"),
  SET("set"),
  TUPLE("tuple"),
  DICT("dict");

  private static final Map<String, TemplateFunction> BY_NAME = new HashMap<>();

  static {
    for (TemplateFunction function : values()) {
      for (String name : function.names) {
        BY_NAME.put(name, function);
      }
    }
  }

  private final String[] names;

  TemplateFunction(String... names) {
    this.names = names;
  }

  List<String> names() {
    return List.of(names);
  }

  static Optional<TemplateFunction> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name))
        .or(() -> ParameterType.named(name).map(_ -> TYPED));
  }
}
