// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKey;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Identifiers;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;

/// What may stand in a sorting key, and which one is taken when there is none.
final class SortingKey {
  private static final Pattern WORD =
      Pattern.compile(
          "'(?:[^'\\\\]|\\\\.)*'|`([^`]+)`|\"([^\"]+)\"|([A-Za-z_][A-Za-z0-9_.]*)\\s*(\\()?");
  private static final Set<String> AGGREGATES =
      Set.of(
          "count",
          "sum",
          "avg",
          "any",
          "anylast",
          "argmin",
          "argmax",
          "uniq",
          "uniqexact",
          "uniqcombined",
          "uniqhll12",
          "quantile",
          "quantiles",
          "quantileexact",
          "median",
          "grouparray",
          "groupuniqarray",
          "topk",
          "stddevpop",
          "stddevsamp",
          "varpop",
          "varsamp",
          "countif",
          "sumif",
          "avgif",
          "minif",
          "maxif",
          "min",
          "max");
  private static final Pattern STATE = Pattern.compile(".*(State|SimpleState|Merge)(If)?");

  private SortingKey() {}

  /// What is wrong with the sorting key of a table.
  static Optional<String> problem(Engine engine, Schema schema) {
    Optional<String> key = engine.key(EngineKey.SORTING_KEY);
    if (key.isEmpty() || !engine.kind().mergeTree()) {
      return Optional.empty();
    }
    Map<String, Column> columns = new HashMap<>();
    schema.columns().forEach(column -> columns.put(column.name(), column));
    boolean nullableAllowed =
        Set.of("1", "true")
            .contains(
                engine.settings().getOrDefault("allow_nullable_key", "0").toLowerCase(Locale.ROOT));
    Matcher words = WORD.matcher(key.get());
    while (words.find()) {
      String plain = words.group(3);
      if (plain != null && words.group(4) != null) {
        if (AGGREGATES.contains(plain.toLowerCase(Locale.ROOT)) || STATE.matcher(plain).matches()) {
          return Optional.of(
              "The sorting key cannot contain the aggregate function "
                  + plain
                  + ": sort by columns or by functions of one row");
        }
        continue;
      }
      String name =
          Optional.ofNullable(words.group(1))
              .or(() -> Optional.ofNullable(words.group(2)))
              .or(() -> Optional.ofNullable(plain))
              .orElse("");
      Optional<String> problem =
          Optional.ofNullable(columns.get(name))
              .flatMap(column -> problem(engine, column, nullableAllowed));
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> problem(Engine engine, Column column, boolean nullableAllowed) {
    String name = "'" + column.name() + "'";
    if (column.type().nullable() && !nullableAllowed) {
      return Optional.of(
          "The sorting key cannot contain the Nullable column "
              + name
              + ": use a type without Nullable, or coalesce it");
    }
    if (column.type() instanceof DataType.AggregateFunction) {
      return Optional.of(
          "The sorting key cannot contain the AggregateFunction column "
              + name
              + ": a state has no order");
    }
    boolean version =
        engine
            .key(EngineKey.VER)
            .map(SortingKey::unquoted)
            .filter(column.name()::equals)
            .isPresent();
    if (version) {
      return Optional.of(
          "The sorting key cannot contain the ENGINE_VER column "
              + name
              + ": rows of different versions would never replace each other");
    }
    return Optional.empty();
  }

  private static String unquoted(String name) {
    return name.strip().replaceAll("^[`\"]|[`\"]$", "");
  }

  /// The key of a table whose file gives none: a time, then a number, then a text.
  static String chosen(Schema schema) {
    List<Predicate<DataType>> order =
        List.of(
            type ->
                type instanceof DataType.DateTime
                    || type instanceof DataType.DateTime64
                    || type instanceof DataType.Date
                    || type instanceof DataType.Date32,
            type ->
                type instanceof DataType.Int
                    || type instanceof DataType.Float
                    || type instanceof DataType.Decimal,
            type -> type instanceof DataType.StringType || isLowCardinalityText(type));
    List<String> key = new ArrayList<>();
    for (Predicate<DataType> fits : order) {
      schema.columns().stream()
          .filter(column -> fits.test(column.type()))
          .findFirst()
          .ifPresent(column -> key.add(Identifiers.quote(column.name())));
    }
    return String.join(", ", key);
  }

  private static boolean isLowCardinalityText(DataType type) {
    return type instanceof DataType.LowCardinality(DataType inner)
        && inner instanceof DataType.StringType;
  }

  /// Whether the bracket a text starts with closes at its very end.
  static boolean closesAtEnd(String text) {
    int depth = 0;
    for (int i = text.indexOf('('); i >= 0 && i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        return i == text.length() - 1;
      }
    }
    return false;
  }

  /// Columns of an AggregatingMergeTree that are neither sorted by nor aggregated.
  static List<String> dimensionsOutside(Engine engine, Schema schema) {
    if (engine.kind() != EngineKind.AGGREGATING_MERGE_TREE) {
      return List.of();
    }
    Set<String> keys = columns(engine, schema);
    return schema.columns().stream()
        .filter(column ->
            !(column.type() instanceof DataType.AggregateFunction)
                && !(column.type() instanceof DataType.SimpleAggregateFunction))
        .map(Column::name)
        .filter(name -> !keys.contains(name))
        .toList();
  }

  /// The columns named anywhere in the keys of a table.
  static Set<String> columns(Engine engine, Schema schema) {
    Set<String> names = new LinkedHashSet<>();
    List<EngineKey> keys =
        List.of(
            EngineKey.SORTING_KEY,
            EngineKey.PRIMARY_KEY,
            EngineKey.PARTITION_KEY,
            EngineKey.SAMPLING_KEY,
            EngineKey.VER,
            EngineKey.IS_DELETED,
            EngineKey.SIGN,
            EngineKey.VERSION,
            EngineKey.COLUMNS,
            EngineKey.KEY_COLUMNS);
    StringBuilder text = new StringBuilder();
    keys.forEach(key -> engine.key(key).ifPresent(value -> text.append(value).append(' ')));
    if (engine.key(EngineKey.SORTING_KEY).isEmpty()) {
      text.append(chosen(schema));
    }
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      for (int group = 1; group <= 3; group++) {
        if (words.group(group) != null && schema.indexOf(words.group(group)).isPresent()) {
          names.add(words.group(group));
        }
      }
    }
    return names;
  }
}
