// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;

/// The functions of templates, for one rendering. Owned by one thread.
final class Functions {
  private static final Value NOTHING = new Value.Sql("");
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

  private final Evaluator evaluator;
  private final Map<String, String> hints = new LinkedHashMap<>();
  private final Map<String, String> queryParameters = new LinkedHashMap<>();

  Functions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Map<String, String> hints() {
    return hints;
  }

  Map<String, String> queryParameters() {
    return queryParameters;
  }

  Value call(Expression.Call call) {
    List<Value> values = new ArrayList<>(call.arguments().size());
    for (int i = 0; i < call.arguments().size(); i++) {
      values.add(argument(call, i));
    }
    CallArguments given = new CallArguments(call, values, evaluator.all(call.keywords()));
    if (call.function() != TemplateFunction.TYPED && call.function() != TemplateFunction.DEFINED) {
      given.values().forEach(Evaluator::closed);
      given.keywords().values().forEach(Evaluator::closed);
    }
    return switch (call.function()) {
      case TYPED -> typed(given);
      case BOOLEAN -> truth(given);
      case ARRAY -> array(given);
      case JSON -> json(given);
      case COLUMN -> column(given);
      case COLUMNS -> columns(given);
      case SYMBOL -> identifier(given);
      case TABLE -> identifier(given);
      case DEFINED -> Value.of(!given.first().absent());
      case SPLIT_TO_ARRAY -> splitToArray(given);
      case ENUMERATE_WITH_LAST -> enumerateWithLast(given);
      case SQL_AND -> conditions(given, " and ");
      case SQL_OR -> conditions(given, " or ");
      case SQL_UNESCAPE -> unescape(given);
      case DAY_DIFF,
          DATE_DIFF_IN_DAYS,
          DATE_DIFF_IN_HOURS,
          DATE_DIFF_IN_MINUTES,
          DATE_DIFF_IN_SECONDS ->
          DateDifferences.call(given, evaluator.checking());
      case ERROR -> throwsUnlessChecking(() -> raised(given));
      case CUSTOM_ERROR -> throwsUnlessChecking(() -> customRaised(given));
      case MAX_THREADS, BACKEND_HINT, CACHE_TTL, ACTIVATE, DISABLE -> hint(given);
      case SECRET -> secret(given);
      case LEN,
          SUM,
          MIN,
          MAX,
          ABS,
          ROUND,
          RANGE,
          ENUMERATE,
          ZIP,
          SORTED,
          REVERSED,
          ANY,
          ALL,
          STR,
          INT,
          FLOAT,
          LIST,
          SET,
          TUPLE,
          DICT ->
          Builtins.call(given, evaluator);
    };
  }

  /// An argument's value; the name of a type may stand without quotes.
  private Value argument(Expression.Call call, int index) {
    Expression expression = call.arguments().get(index);
    boolean type =
        index == 1
            && call.function() == TemplateFunction.ARRAY
            && expression instanceof Expression.Name(String name)
            && ParameterType.named(name).isPresent();
    return type ? Value.of(((Expression.Name) expression).name()) : evaluator.evaluate(expression);
  }

  private Value typed(CallArguments given) {
    ParameterType type = ParameterType.named(given.call().name()).orElseThrow();
    Value first = given.first();
    if (first instanceof Value.Open(String name)) {
      String inSql =
          type.openType()
              .map(open -> new OpenParameter(name, open).sql())
              .orElseThrow(() -> new OpenArgument(name));
      return new Value.Typed(first, inSql);
    }
    Optional<Value> value = first.absent() ? given.find(1, "default") : Optional.of(first);
    if (value.isEmpty()) {
      if (optional(given)) {
        return Value.NONE;
      }
      if (evaluator.checking()) {
        return type.placeholder();
      }
      throw TemplateFailures.required(evaluator);
    }
    return parsed(type, value.get());
  }

  /// Whether the call says `defined=False`: without value it is nothing instead of a failure.
  private static boolean optional(CallArguments given) {
    Value defined = given.keywords().get("defined");
    return defined != null && !Operations.truth(defined);
  }

  private static Value parsed(ParameterType type, Value value) {
    String text =
        switch (value.plain()) {
          case Value.Items(List<Value> values, _) ->
              String.join(",", values.stream().map(PythonText::str).toList());
          case Value.Dict dict -> JsonText.write(dict);
          default -> PythonText.str(value);
        };
    return type.parse(text).orElseThrow(() -> invalid(text, type.name()));
  }

  private static PlatformException invalid(String text, String type) {
    return TemplateFailures.argument("Error validating '" + text + "' to type " + type);
  }

  private Value truth(CallArguments given) {
    Value first = given.first();
    Optional<Value> value = first.absent() ? given.find(1, "default") : Optional.of(first);
    if (value.isEmpty()) {
      return optional(given) ? Value.NONE : typedTruth(false);
    }
    if (value.get().plain() instanceof Value.Text(String text)) {
      return typedTruth(!text.isEmpty() && !text.equals("0") && !text.equalsIgnoreCase("false"));
    }
    return typedTruth(Operations.truth(value.get()));
  }

  private static Value typedTruth(boolean truth) {
    return new Value.Typed(Value.of(truth), truth ? "1" : "0");
  }

  private Value array(CallArguments given) {
    String typeName = given.text(1, "type", "String");
    ParameterType type =
        ParameterType.named(typeName)
            .orElseThrow(() ->
                TemplateFailures.argument("'" + typeName + "' is not a valid type for Array"));
    Value first = given.first();
    Optional<Value> value = first.absent() ? given.find(2, "default") : Optional.of(first);
    if (value.isEmpty()) {
      if (optional(given)) {
        return Value.NONE;
      }
      if (evaluator.checking()) {
        Value element = type.placeholder();
        return arrayOf(type, List.of(element, element, element));
      }
      throw TemplateFailures.required(evaluator);
    }
    return arrayOf(
        type,
        switch (value.get().plain()) {
          case Value.Items(List<Value> values, _) -> values;
          case Value.Pair(List<Value> values, _) -> values;
          default ->
              Evaluator.elements(List.of(PythonText.str(value.get())), type).stream()
                  .map(Value::of)
                  .toList();
        });
  }

  private static Value arrayOf(ParameterType type, List<Value> given) {
    List<Value> elements = new ArrayList<>(given.size());
    StringBuilder sql = new StringBuilder("[");
    for (int i = 0; i < given.size(); i++) {
      int index = i;
      String text = PythonText.str(given.get(i));
      Value element =
          type.parse(text)
              .orElseThrow(() -> invalidElement(given, index, text, type.name()))
              .plain();
      elements.add(element);
      sql.append(i == 0 ? "" : ",").append(type.element(element));
      if (sql.length() > Limits.OUTPUT_CHARS_MAX) {
        throw TemplateFailures.limit("an array is too long");
      }
    }
    return new Value.Typed(Value.Items.of(elements), sql.append(']').toString());
  }

  private static PlatformException invalidElement(
      List<Value> given, int index, String text, String type) {
    String all = String.join(",", given.stream().map(PythonText::str).toList());
    return TemplateFailures.argument(
        "Error validating ["
            + all
            + "]["
            + index
            + "] ("
            + (text.isEmpty() ? "empty string" : text)
            + ") to type "
            + type);
  }

  private Value json(CallArguments given) {
    Value first = given.first();
    Optional<Value> value = first.absent() ? given.find(1, "default") : Optional.of(first);
    if (value.isEmpty()) {
      return Value.Dict.of(Map.of());
    }
    return switch (value.get().plain()) {
      case Value.Text(String text) -> {
        evaluator.charge(text.length() / 16);
        yield JsonText.read(text);
      }
      case Value.Items items -> items;
      case Value.Dict dict -> dict;
      default -> JsonText.read(PythonText.str(value.get()));
    };
  }

  private static Value name(String text, String sql) {
    return new Value.Typed(Value.of(text), sql);
  }

  private Value column(CallArguments given) {
    Value first = given.first();
    Optional<Value> value = first.absent() ? given.find(1, "default") : Optional.of(first);
    if (value.isEmpty()) {
      throw TemplateFailures.argument(
          "Missing column() default value, use `column(column_name, 'default_column_name')`");
    }
    String text = PythonText.str(value.get());
    return name(text, SqlText.path(text));
  }

  private Value columns(CallArguments given) {
    Value first = given.first();
    if (first.plain() instanceof Value.Items) {
      throw TemplateFailures.argument("The 'columns' function expects a String not an Array");
    }
    Optional<Value> value = first.absent() ? given.find(1, "default") : Optional.of(first);
    if (value.isEmpty()) {
      throw TemplateFailures.argument(
          "Missing columns() default value, use `columns(column_names, 'default_column_name')`");
    }
    String function = given.text(2, "fn", "");
    if (!function.isEmpty() && !PLAIN_NAME.matcher(function).matches()) {
      throw TemplateFailures.argument(
          "'" + function + "' is not the name of a function, in columns()");
    }
    List<String> columns = new ArrayList<>();
    for (String one : PythonText.str(value.get()).split(",", -1)) {
      String column = SqlText.path(one.strip());
      columns.add(
          function.isEmpty()
              ? column
              : function + "(" + column + ") as " + SqlText.name(one.strip()));
      Limits.items(columns.size());
    }
    return name(PythonText.str(value.get()), String.join(",", columns));
  }

  private Value identifier(CallArguments given) {
    Value first = given.first();
    Optional<Value> value = first.absent() ? given.find(1, "default") : Optional.of(first);
    if (value.isEmpty()) {
      if (evaluator.checking()) {
        return name(SqlText.PLACEHOLDER, SqlText.name(SqlText.PLACEHOLDER));
      }
      throw TemplateFailures.required(evaluator);
    }
    String text = PythonText.str(value.get());
    boolean table = given.call().function() == TemplateFunction.TABLE;
    return name(text, table ? SqlText.path(text) : SqlText.name(text));
  }

  private Value splitToArray(CallArguments given) {
    Value first = given.first();
    Value value = first.absent() ? given.find(1, "default").orElse(Value.of("")) : first;
    if (value.plain() instanceof Value.Items) {
      return value.plain();
    }
    String text = PythonText.str(value);
    String separator = given.text(2, "separator", ",");
    if (separator.isEmpty()) {
      throw TemplateFailures.evaluation("empty separator");
    }
    if (text.isEmpty()) {
      return Value.Items.of(List.of());
    }
    return Value.Items.of(
        TextMethods.separated(text, separator, -1).stream()
            .map(part -> Value.of(part.strip()))
            .toList());
  }

  private Value enumerateWithLast(CallArguments given) {
    List<Value> elements = evaluator.iterated(given.first());
    List<Value> pairs = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      pairs.add(Value.Pair.of(Value.of(i == elements.size() - 1), elements.get(i)));
    }
    return Value.Items.of(pairs);
  }

  private static Value conditions(CallArguments given, String joint) {
    if (!given.values().isEmpty()) {
      throw TemplateFailures.evaluation(
          given.call().name() + "() takes conditions as keywords, such as name=String(name)");
    }
    List<String> conditions = new ArrayList<>();
    given
        .keywords()
        .forEach((key, value) -> {
          int cut = key.lastIndexOf("__");
          String column = cut <= 0 ? key : key.substring(0, cut);
          String operand = cut <= 0 ? "" : key.substring(cut + 2);
          String sign =
              switch (operand) {
                case "" -> cut <= 0 ? "=" : "";
                case "in" -> "in";
                case "not_in" -> "not in";
                case "gt" -> ">";
                case "lt" -> "<";
                case "gte" -> ">=";
                case "lte" -> "<=";
                default -> "";
              };
          if (sign.isEmpty()) {
            throw TemplateFailures.evaluation("operand " + operand + " not supported");
          }
          if (!value.absent()) {
            conditions.add(column(column) + " " + sign + " " + SqlText.of(value));
          }
        });
    String sql = conditions.isEmpty() ? "1" : String.join(joint, conditions);
    boolean alone = conditions.size() < 2 || joint.equals(" and ");
    return new Value.Sql(alone ? sql : "(" + sql + ")");
  }

  private static String column(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : SqlText.name(name);
  }

  private Value unescape(CallArguments given) {
    Value value = given.first();
    if (value.absent()) {
      if (evaluator.checking()) {
        return Value.of(SqlText.PLACEHOLDER);
      }
      throw TemplateFailures.required(evaluator);
    }
    String text = PythonText.str(value);
    return new Value.Typed(Value.of(text), SqlText.literal(text, given.text(1, "what", "")));
  }

  private Value throwsUnlessChecking(java.util.function.Supplier<PlatformException> failure) {
    if (evaluator.checking()) {
      return NOTHING;
    }
    throw failure.get();
  }

  private static PlatformException raised(CallArguments given) {
    return new PlatformException(TemplateError.TEMPLATE_RAISED, PythonText.str(given.first()));
  }

  private static PlatformException customRaised(CallArguments given) {
    Value body = given.first().plain();
    int code = 400;
    Optional<Value> wanted = given.find(1, "code");
    if (wanted.isPresent()) {
      if (!(wanted.get().plain() instanceof Value.Int(var number)
          && number.bitLength() < 12
          && number.intValue() >= 400
          && number.intValue() <= 599)) {
        return TemplateFailures.evaluation(
            "custom_error() takes a status from 400 to 599, not " + PythonText.str(wanted.get()));
      }
      code = number.intValue();
    }
    boolean object = body instanceof Value.Dict || body instanceof Value.Items;
    String text = object ? JsonText.write(body) : PythonText.str(body);
    return new PlatformException(
        TemplateError.TEMPLATE_RAISED,
        text,
        Map.of("status", Integer.toString(code), object ? "json_body" : "text_body", text),
        null);
  }

  private Value hint(CallArguments given) {
    Value value = given.first().plain();
    String name = given.call().name();
    String text = PythonText.str(value);
    boolean valid =
        switch (given.call().function()) {
          case MAX_THREADS ->
              value instanceof Value.Int(var threads)
                  && threads.signum() > 0
                  && threads.bitLength() <= 10;
          case CACHE_TTL -> List.of("5s", "1m", "5m", "30m", "1h").contains(text);
          case ACTIVATE -> List.of("analyzer", "parallel_replicas").contains(text);
          case DISABLE -> text.equals("analyzer");
          default -> PLAIN_NAME.matcher(text.replace('-', '_')).matches();
        };
    if (!valid) {
      throw TemplateFailures.evaluation(
          switch (given.call().function()) {
            case MAX_THREADS -> "max_threads() takes a number from 1 to 1023, not '" + text + "'";
            case CACHE_TTL ->
                "Invalid TTL cache expression, valid expressions are (5s, 1m, 5m, 30m, 1h)";
            case ACTIVATE, DISABLE -> "'" + text + "' is not a valid '" + name + "' argument";
            default -> "'" + text + "' is not a valid '" + name + "' argument";
          });
    }
    boolean several = name.equals("activate") && hints.containsKey(name);
    hints.put(name, several ? hints.get(name) + "," + text : text);
    return new Value.Sql("-- " + name + " " + text + "\n");
  }

  private Value secret(CallArguments given) {
    String name = PythonText.str(given.first());
    if (!PLAIN_NAME.matcher(name).matches()) {
      throw TemplateFailures.evaluation("'" + name + "' is not the name of a secret");
    }
    Optional<String> value =
        evaluator
            .arguments()
            .secret(name)
            .or(() -> given.find(1, "default").map(PythonText::str))
            .or(() -> evaluator.checking() ? Optional.of(SqlText.PLACEHOLDER) : Optional.empty());
    queryParameters.put(
        name,
        value.orElseThrow(() ->
            TemplateFailures.argument(
                "Cannot access secret '"
                    + name
                    + "'. Check the secret exists in the Workspace and the token has the required"
                    + " scope.")));
    return new Value.Sql("{" + name + ": String}");
  }
}
