// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// The methods of texts, lists and dictionaries. Values do not change, so methods that change a
/// list are not among them.
final class Methods {
  private static final Set<String> OF_LIST = Set.of("index", "count", "copy");
  private static final Set<String> OF_DICT = Set.of("get", "keys", "values", "items", "copy");

  private Methods() {}

  static boolean isKnown(String method) {
    return TextMethods.NAMES.contains(method)
        || OF_LIST.contains(method)
        || OF_DICT.contains(method);
  }

  static Value call(Value target, String method, List<Value> values, Map<String, Value> keywords) {
    Set<String> known =
        switch (target) {
          case Value.Text _ -> TextMethods.NAMES;
          case Value.Items _, Value.Pair _ -> OF_LIST;
          case Value.Dict _ -> OF_DICT;
          default -> Set.of();
        };
    if (!known.contains(method)) {
      throw TemplateFailures.evaluation(
          "'"
              + target.typeName()
              + "' object has no attribute '"
              + method
              + "'"
              + (method.equals("get")
                  ? ". Make sure you're using an object/dictionary where trying to use .get()"
                  : ""));
    }
    MethodArguments given = new MethodArguments(method, values, keywords);
    return switch (target) {
      case Value.Text(String text) -> TextMethods.call(text, given);
      case Value.Items(List<Value> list, _) -> ofList(target, list, given);
      case Value.Pair(List<Value> list, _) -> ofList(target, list, given);
      case Value.Dict dict -> ofDict(dict, given);
      default -> throw new IllegalStateException("no methods");
    };
  }

  private static Value ofList(Value target, List<Value> list, MethodArguments given) {
    if (given.method().equals("copy")) {
      return target;
    }
    Value wanted = given.checked(1, 1).values().getFirst();
    if (given.method().equals("count")) {
      return Value.of(list.stream().filter(one -> Operations.equal(one, wanted)).count());
    }
    for (int i = 0; i < list.size(); i++) {
      if (Operations.equal(list.get(i), wanted)) {
        return Value.of(i);
      }
    }
    throw TemplateFailures.evaluation(PythonText.repr(wanted) + " is not in list");
  }

  private static Value ofDict(Value.Dict dict, MethodArguments given) {
    return switch (given.method()) {
      case "get" -> {
        Value found = dict.find(given.checked(1, 2).values().getFirst());
        Value otherwise = given.values().size() > 1 ? given.values().get(1) : Value.NONE;
        yield found == null ? otherwise : found;
      }
      case "keys" -> Value.Items.of(List.copyOf(dict.values().keySet()));
      case "values" -> Value.Items.of(List.copyOf(dict.values().values()));
      case "items" ->
          Value.Items.of(
              dict.values().entrySet().stream()
                  .map(entry -> Value.Pair.of(entry.getKey(), entry.getValue()))
                  .toList());
      case "copy" -> dict;
      default -> throw new IllegalStateException(given.method());
    };
  }
}
