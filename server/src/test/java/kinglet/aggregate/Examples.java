// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Literal;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// The table over which the examples of the functions' page are calls, and what they give.
final class Examples {
  /// Names, types and rows; the events come in this order, and are read at the last one's time.
  private static final Map<String, String> COLUMNS = columns();

  private static final List<List<String>> ROWS =
      List.of(
          List.of("2026-01-01 10:00:00", "tea", "3", "1", "1.5", "hot:1", "1,2", "1", "0"),
          List.of("2026-01-01 10:00:10", "milk", "5", "6", "2", "cold:2,white:1", "3,4", "1", "0"),
          List.of("2026-01-01 10:00:30", "tea", "-2", "3", "0.25", "hot:3", "5,6", "0", "1"),
          List.of("2026-01-01 10:01:00", "bread", "10", "7", "4", "", "0,1", "0", "1"),
          List.of("2026-01-01 10:30:00", "tea", "3", "1", "1", "hot:1", "2,2", "1", "0"),
          List.of("2026-01-01 10:31:00", "milk", "4", "2", "NULL", "cold:5", "1,0", "0", "1"));

  private static final Pattern CALL =
      Pattern.compile("(\\w+)(?:\\(([^()]*(?:\\([^()]*\\)[^()]*)*)\\))?\\(([^()]*)\\)");

  private Examples() {}

  private static Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("ts", "DateTime('UTC')");
    columns.put("item", "String");
    columns.put("amount", "Int32");
    columns.put("quantity", "UInt8");
    columns.put("score", "Nullable(Float64)");
    columns.put("tags", "Map(String, UInt32)");
    columns.put("vector", "Array(Float64)");
    columns.put("viewed", "UInt8");
    columns.put("bought", "UInt8");
    return columns;
  }

  /// A call of an example, taken apart.
  record Example(String name, List<String> parameters, List<String> arguments) {
    static Example of(String call) {
      Matcher matcher = CALL.matcher(call);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(call);
      }
      return new Example(
          matcher.group(1),
          matcher.group(2) == null ? List.of() : List.of(matcher.group(2).split(", ")),
          matcher.group(3).isEmpty() ? List.of() : List.of(matcher.group(3).split(", ")));
    }

    Aggregate bind() {
      return AggregateFunctions.bind(
          name,
          parameters.stream()
              .<Literal>map(text ->
                  text.startsWith("'")
                      ? new Literal.Text(text.substring(1, text.length() - 1))
                      : new Literal.Number(text))
              .toList(),
          arguments.stream().map(argument -> DataType.parse(COLUMNS.get(argument))).toList());
    }
  }

  /// The state of the example over the rows, in row 0.
  static States state(Example example, Aggregate aggregate) {
    States states = new States(aggregate.words(), aggregate.hasObject() ? 1 : 0, 1);
    List<String> names = List.copyOf(COLUMNS.keySet());
    for (int i = 0; i < ROWS.size(); i++) {
      List<String> row = ROWS.get(i);
      Slot[] arguments =
          example.arguments().stream()
              .map(name -> slot(name, row.get(names.indexOf(name))))
              .toArray(Slot[]::new);
      if (Arrays.stream(arguments).noneMatch(Slot::isNull)) {
        aggregate.add(states, 0, 0, 0, arguments, seconds(row.getFirst()) * 1_000_000, i);
      }
    }
    return states;
  }

  /// What the example gives.
  static Slot value(Example example) {
    Aggregate aggregate = example.bind();
    Slot value = new Slot();
    States states = state(example, aggregate);
    aggregate.finish(states, 0, 0, 0, seconds(ROWS.getLast().getFirst()) * 1_000_000, value);
    return value;
  }

  private static long seconds(String time) {
    return java.time.LocalDateTime.parse(time.replace(' ', 'T'))
        .toEpochSecond(java.time.ZoneOffset.UTC);
  }

  private static Slot slot(String column, String text) {
    Slot slot = new Slot();
    if (text.equals("NULL")) {
      slot.setNull();
      return slot;
    }
    switch (column) {
      case "ts" -> slot.setWhole(seconds(text));
      case "item" -> slot.setText(text);
      case "score" -> slot.setReal(Double.parseDouble(text));
      case "vector" ->
          slot.setObject(
              ListValue.ofBits(
                  Shape.FLOAT,
                  Arrays.stream(text.split(","))
                      .mapToLong(value -> Double.doubleToRawLongBits(Double.parseDouble(value)))
                      .toArray()));
      case "tags" -> {
        List<String> pairs = text.isEmpty() ? List.of() : List.of(text.split(","));
        ListValue.Builder keys = ListValue.builder(Shape.BYTES, pairs.size());
        Slot key = new Slot();
        List<Long> values = new ArrayList<>();
        for (String pair : pairs) {
          key.setText(pair.substring(0, pair.indexOf(':')));
          keys = keys.add(key);
          values.add(Long.parseLong(pair.substring(pair.indexOf(':') + 1)));
        }
        slot.setObject(
            new MapValue(
                keys.build(),
                ListValue.ofBits(
                    Shape.WHOLE, values.stream().mapToLong(Long::longValue).toArray())));
      }
      default -> slot.setWhole(Long.parseLong(text));
    }
    return slot;
  }

  /// The table for ClickHouse.
  static String sql() {
    StringBuilder sql = new StringBuilder("values('");
    COLUMNS.forEach(
        (name, type) -> sql.append(name).append(' ').append(type.replace("'", "\\'")).append(", "));
    sql.setLength(sql.length() - 2);
    sql.append("'");
    List<String> types = List.copyOf(COLUMNS.values());
    for (List<String> row : ROWS) {
      for (int i = 0; i < row.size(); i++) {
        sql.append(i == 0 ? ", (" : ", ").append(literal(types.get(i), row.get(i)));
      }
      sql.append(')');
    }
    return sql.append(')').toString();
  }

  private static String literal(String type, String text) {
    if (type.startsWith("Map")) {
      return text.isEmpty()
          ? "map()"
          : "map('" + text.replace(":", "', ").replace(",c", ", 'c").replace(",w", ", 'w") + ")";
    }
    if (type.startsWith("Array")) {
      return "[" + text + "]";
    }
    return type.startsWith("DateTime") || type.equals("String") ? "'" + text + "'" : text;
  }

  /// The table for the page.
  static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append("| ").append(String.join(" | ", COLUMNS.keySet())).append(" |\n");
    page.append("| --- ".repeat(COLUMNS.size())).append("|\n");
    page.append("| `").append(String.join("` | `", COLUMNS.values())).append("` |\n");
    for (List<String> row : ROWS) {
      page.append("| ").append(String.join(" | ", row)).append(" |\n");
    }
    return page.toString();
  }
}
