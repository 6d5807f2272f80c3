// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The methods of texts, lists and dictionaries.
final class Methods {
  private static final Set<String> OF_TEXT =
      Set.of(
          "split",
          "rsplit",
          "splitlines",
          "join",
          "lower",
          "upper",
          "strip",
          "lstrip",
          "rstrip",
          "replace",
          "startswith",
          "endswith",
          "find",
          "rfind",
          "index",
          "count",
          "title",
          "capitalize",
          "casefold",
          "swapcase",
          "isdigit",
          "isnumeric",
          "isdecimal",
          "isalpha",
          "isalnum",
          "isspace",
          "isupper",
          "islower",
          "zfill",
          "format",
          "partition",
          "removeprefix",
          "removesuffix");
  private static final Set<String> OF_LIST = Set.of("index", "count");
  private static final Set<String> OF_DICT = Set.of("get", "keys", "values", "items");

  private Methods() {}

  static boolean isKnown(String method) {
    return OF_TEXT.contains(method) || OF_LIST.contains(method) || OF_DICT.contains(method);
  }

  static Value call(Value target, String method, List<Value> values, Map<String, Value> keywords) {
    Set<String> known =
        switch (target) {
          case Value.Text _ -> OF_TEXT;
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
    Given given = new Given(method, values, keywords);
    return switch (target) {
      case Value.Text(String text) -> ofText(text, given);
      case Value.Items(List<Value> list, _) -> ofList(list, given);
      case Value.Pair(List<Value> list, _) -> ofList(list, given);
      case Value.Dict(Map<Value, Value> dict, _) -> ofDict(dict, given);
      default -> throw new IllegalStateException("no methods");
    };
  }

  /// What a call gives a method.
  private record Given(String method, List<Value> values, Map<String, Value> keywords) {
    Given arity(int min, int max) {
      if (values.size() < min || values.size() > max) {
        throw TemplateFailures.evaluation(
            method
                + "() takes "
                + (min == max ? Integer.toString(min) : min + " to " + max)
                + " arguments, "
                + values.size()
                + " given");
      }
      return this;
    }

    String text(int index) {
      if (index < values.size() && values.get(index).plain() instanceof Value.Text(String text)) {
        return text;
      }
      throw TemplateFailures.evaluation(
          method
              + "() takes texts"
              + (index < values.size() ? ", not " + values.get(index).typeName() : ""));
    }

    int number(int index, int otherwise) {
      if (index >= values.size()) {
        return otherwise;
      }
      if (values.get(index).plain() instanceof Value.Int(var number) && number.bitLength() < 31) {
        return number.intValue();
      }
      throw TemplateFailures.evaluation(
          method + "() takes an integer, not " + values.get(index).typeName());
    }
  }

  private static Value ofText(String text, Given given) {
    return switch (given.method()) {
      case "split" -> split(text, given.arity(0, 2));
      case "rsplit" -> rsplit(text, given.arity(0, 2));
      case "splitlines" -> texts(text.lines().toList());
      case "join" -> join(text, given.arity(1, 1));
      case "lower", "casefold" -> Value.of(text.toLowerCase(Locale.ROOT));
      case "upper" -> Value.of(text.toUpperCase(Locale.ROOT));
      case "strip" -> Value.of(strip(text, given.arity(0, 1), true, true));
      case "lstrip" -> Value.of(strip(text, given.arity(0, 1), true, false));
      case "rstrip" -> Value.of(strip(text, given.arity(0, 1), false, true));
      case "replace" -> replace(text, given.arity(2, 3));
      case "startswith" -> Value.of(any(given.arity(1, 1), text::startsWith));
      case "endswith" -> Value.of(any(given.arity(1, 1), text::endsWith));
      case "find" -> Value.of(text.indexOf(given.arity(1, 1).text(0)));
      case "rfind" -> Value.of(text.lastIndexOf(given.arity(1, 1).text(0)));
      case "index" -> {
        int at = text.indexOf(given.arity(1, 1).text(0));
        if (at < 0) {
          throw TemplateFailures.evaluation("substring not found");
        }
        yield Value.of(at);
      }
      case "count" -> Value.of(count(text, given.arity(1, 1).text(0)));
      case "title" -> Value.of(title(text));
      case "capitalize" ->
          Value.of(
              text.isEmpty()
                  ? text
                  : text.substring(0, 1).toUpperCase(Locale.ROOT)
                      + text.substring(1).toLowerCase(Locale.ROOT));
      case "swapcase" -> Value.of(swapcase(text));
      case "isdigit", "isnumeric", "isdecimal" -> Value.of(every(text, Character::isDigit));
      case "isalpha" -> Value.of(every(text, Character::isLetter));
      case "isalnum" -> Value.of(every(text, Character::isLetterOrDigit));
      case "isspace" -> Value.of(every(text, Character::isWhitespace));
      case "isupper" -> Value.of(cased(text, text.toUpperCase(Locale.ROOT)));
      case "islower" -> Value.of(cased(text, text.toLowerCase(Locale.ROOT)));
      case "zfill" -> Value.of(zfill(text, given.arity(1, 1).number(0, 0)));
      case "format" -> Value.of(TextFormat.braces(text, given.values(), given.keywords()));
      case "partition" -> partition(text, given.arity(1, 1).text(0));
      case "removeprefix" -> {
        String prefix = given.arity(1, 1).text(0);
        yield Value.of(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
      }
      case "removesuffix" -> {
        String suffix = given.arity(1, 1).text(0);
        yield Value.of(
            text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
      }
      default -> throw new IllegalStateException(given.method());
    };
  }

  private static Value texts(List<String> texts) {
    Limits.items(texts.size());
    return Value.Items.of(texts.stream().map(Value::of).toList());
  }

  private static Value split(String text, Given given) {
    boolean blanks = given.values().isEmpty() || given.values().getFirst().absent();
    int max = given.number(1, -1);
    if (blanks) {
      String stripped = text.strip();
      return stripped.isEmpty()
          ? texts(List.of())
          : texts(Arrays.asList(stripped.split("\\s+", max < 0 ? 0 : max + 1)));
    }
    return texts(separated(text, separator(given), max));
  }

  private static String separator(Given given) {
    String separator = given.text(0);
    if (separator.isEmpty()) {
      throw TemplateFailures.evaluation("empty separator");
    }
    return separator;
  }

  /// The parts between separators; at most `max` cuts unless negative.
  static List<String> separated(String text, String separator, int max) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int end = text.indexOf(separator);
    while (end >= 0 && (max < 0 || parts.size() < max)) {
      parts.add(text.substring(start, end));
      Limits.items(parts.size());
      start = end + separator.length();
      end = text.indexOf(separator, start);
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Value rsplit(String text, Given given) {
    int max = given.number(1, -1);
    if (max < 0 || given.values().isEmpty() || given.values().getFirst().absent()) {
      return split(text, given);
    }
    String separator = separator(given);
    List<String> parts = new ArrayList<>();
    String rest = text;
    int cut = rest.lastIndexOf(separator);
    while (cut >= 0 && parts.size() < max) {
      parts.addFirst(rest.substring(cut + separator.length()));
      rest = rest.substring(0, cut);
      cut = rest.lastIndexOf(separator);
      Limits.items(parts.size());
    }
    parts.addFirst(rest);
    return texts(parts);
  }

  private static Value join(String separator, Given given) {
    StringBuilder joined = new StringBuilder();
    boolean first = true;
    for (Value value : Operations.elements(given.values().getFirst())) {
      joined.append(first ? "" : separator).append(Operations.text(value));
      Limits.text(joined.length());
      first = false;
    }
    return Value.of(joined.toString());
  }

  private static String strip(String text, Given given, boolean left, boolean right) {
    boolean blanks = given.values().isEmpty();
    String characters = blanks ? "" : given.text(0);
    int start = 0;
    int end = text.length();
    while (left && start < end && isStripped(text.charAt(start), blanks, characters)) {
      start++;
    }
    while (right && end > start && isStripped(text.charAt(end - 1), blanks, characters)) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isStripped(char c, boolean blanks, String characters) {
    return blanks ? Character.isWhitespace(c) : characters.indexOf(c) >= 0;
  }

  private static Value replace(String text, Given given) {
    String old = given.text(0);
    String replacement = given.text(1);
    if (old.isEmpty()) {
      throw TemplateFailures.evaluation("replace() needs a text to replace");
    }
    int count = count(text, old);
    Limits.text(text.length() + (long) count * Math.max(0, replacement.length() - old.length()));
    return Value.of(String.join(replacement, separated(text, old, given.number(2, -1))));
  }

  private static int count(String text, String part) {
    if (part.isEmpty()) {
      return text.length() + 1;
    }
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static boolean any(Given given, Predicate<String> test) {
    if (given.values().getFirst().plain() instanceof Value.Pair(List<Value> several, _)) {
      return several.stream().anyMatch(one -> test.test(Operations.text(one)));
    }
    return test.test(given.text(0));
  }

  private static boolean every(String text, java.util.function.IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  private static boolean cased(String text, String changed) {
    return text.equals(changed) && text.chars().anyMatch(Character::isLetter);
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder(text.length());
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      title.append(inside ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inside = Character.isLetter(c);
    }
    return title.toString();
  }

  private static String swapcase(String text) {
    StringBuilder swapped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      swapped.append(
          Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c));
    }
    return swapped.toString();
  }

  private static String zfill(String text, int width) {
    Limits.text(width);
    int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int missing = Math.max(0, width - text.length());
    return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
  }

  private static Value partition(String text, String separator) {
    int at = text.indexOf(separator);
    List<String> parts =
        at < 0
            ? List.of(text, "", "")
            : List.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    return Value.Pair.of(parts.stream().map(Value::of).toList());
  }

  private static Value ofList(List<Value> list, Given given) {
    Value wanted = given.arity(1, 1).values().getFirst();
    if (given.method().equals("count")) {
      return Value.of(list.stream().filter(one -> Operations.equal(one, wanted)).count());
    }
    for (int i = 0; i < list.size(); i++) {
      if (Operations.equal(list.get(i), wanted)) {
        return Value.of(i);
      }
    }
    throw TemplateFailures.evaluation(Operations.text(wanted) + " is not in list");
  }

  private static Value ofDict(Map<Value, Value> dict, Given given) {
    return switch (given.method()) {
      case "get" -> {
        Value found = dict.get(given.arity(1, 2).values().getFirst().plain());
        Value otherwise = given.values().size() > 1 ? given.values().get(1) : Value.NONE;
        yield found == null ? otherwise : found;
      }
      case "keys" -> Value.Items.of(List.copyOf(dict.keySet()));
      case "values" -> Value.Items.of(List.copyOf(dict.values()));
      case "items" ->
          Value.Items.of(
              dict.entrySet().stream()
                  .map(entry -> Value.Pair.of(entry.getKey(), entry.getValue()))
                  .toList());
      default -> throw new IllegalStateException(given.method());
    };
  }
}
