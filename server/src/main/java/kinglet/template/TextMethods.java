// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/// The methods of texts. Positions count code points, as Python's do.
final class TextMethods {
  static final Set<String> NAMES =
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
          "rindex",
          "count",
          "title",
          "capitalize",
          "casefold",
          "swapcase",
          "center",
          "ljust",
          "rjust",
          "zfill",
          "expandtabs",
          "isdigit",
          "isnumeric",
          "isdecimal",
          "isalpha",
          "isalnum",
          "isascii",
          "isidentifier",
          "isspace",
          "isupper",
          "islower",
          "istitle",
          "format",
          "partition",
          "rpartition",
          "removeprefix",
          "removesuffix");

  private static final String LINE_ENDS = "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

  private TextMethods() {}

  static Value call(String text, MethodArguments given) {
    return switch (given.method()) {
      case "split", "rsplit" -> split(text, given.checked(0, 2, "sep", "maxsplit"));
      case "splitlines" -> texts(lines(text, given.checked(0, 1, "keepends").truth(0, "keepends")));
      case "join" -> join(text, given.checked(1, 1));
      case "lower" -> plain(given, text.toLowerCase(Locale.ROOT));
      case "casefold" -> plain(given, text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
      case "upper" -> plain(given, text.toUpperCase(Locale.ROOT));
      case "strip" -> Value.of(strip(text, given.checked(0, 1), true, true));
      case "lstrip" -> Value.of(strip(text, given.checked(0, 1), true, false));
      case "rstrip" -> Value.of(strip(text, given.checked(0, 1), false, true));
      case "replace" -> replace(text, given.checked(2, 3));
      case "startswith", "endswith" -> Value.of(touches(text, given.checked(1, 3)));
      case "find", "rfind", "index", "rindex" -> position(text, given.checked(1, 3));
      case "count" -> Value.of(count(Part.of(text, given.checked(1, 3)), given.text(0)));
      case "title" -> plain(given, title(text));
      case "capitalize" ->
          plain(
              given,
              text.isEmpty()
                  ? text
                  : Character.toTitleCase(text.charAt(0))
                      + text.substring(1).toLowerCase(Locale.ROOT));
      case "swapcase" -> plain(given, swapcase(text));
      case "center", "ljust", "rjust" -> Value.of(padded(text, given.checked(1, 2)));
      case "zfill" -> Value.of(zfill(text, given.checked(1, 1).number(0, "width", 0)));
      case "expandtabs" -> Value.of(expandtabs(text, given.checked(0, 1, "tabsize")));
      case "isdecimal" -> Value.of(every(text, Character::isDigit));
      case "isdigit" -> Value.of(every(text, TextMethods::isDigit));
      case "isnumeric" -> Value.of(every(text, TextMethods::isNumeric));
      case "isalpha" -> Value.of(every(text, Character::isLetter));
      case "isalnum" -> Value.of(every(text, c -> Character.isLetter(c) || isNumeric(c)));
      case "isascii" -> Value.of(text.codePoints().allMatch(c -> c < 0x80));
      case "isidentifier" -> Value.of(isIdentifier(text));
      case "isspace" -> Value.of(every(text, TextMethods::isSpace));
      case "isupper" -> Value.of(cased(text, text.toUpperCase(Locale.ROOT)));
      case "islower" -> Value.of(cased(text, text.toLowerCase(Locale.ROOT)));
      case "istitle" -> Value.of(cased(text, title(text)));
      case "format" -> Value.of(TextFormat.braces(text, given.values(), given.keywords()));
      case "partition", "rpartition" -> partition(text, given.checked(1, 1));
      case "removeprefix" -> {
        String prefix = given.checked(1, 1).text(0);
        yield Value.of(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
      }
      case "removesuffix" -> {
        String suffix = given.checked(1, 1).text(0);
        yield Value.of(
            text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
      }
      default -> throw new IllegalStateException(given.method());
    };
  }

  private static Value plain(MethodArguments given, String text) {
    MethodArguments _ = given.checked(0, 0);
    return Value.of(text);
  }

  private static Value texts(List<String> texts) {
    Limits.items(texts.size());
    return Value.Items.of(texts.stream().map(Value::of).toList());
  }

  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  private static boolean isDigit(int c) {
    boolean other = Character.getType(c) == Character.OTHER_NUMBER;
    return Character.isDigit(c)
        || other && Character.getNumericValue(c) >= 0 && Character.getNumericValue(c) < 10;
  }

  private static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return Character.isDigit(c)
        || type == Character.OTHER_NUMBER
        || type == Character.LETTER_NUMBER;
  }

  private static boolean isIdentifier(String text) {
    return !text.isEmpty()
        && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
        && text.codePoints().allMatch(c -> c == '_' || Character.isUnicodeIdentifierPart(c));
  }

  private static Value split(String text, MethodArguments given) {
    boolean fromRight = given.method().equals("rsplit");
    int max = given.number(1, "maxsplit", -1);
    Value separator = given.find(0, "sep");
    if (separator == null) {
      return texts(fromRight ? wordsFromRight(text, max) : words(text, max));
    }
    String cut = given.text(0, "sep", "");
    if (cut.isEmpty()) {
      throw TemplateFailures.evaluation("empty separator");
    }
    return texts(fromRight ? separatedFromRight(text, cut, max) : separated(text, cut, max));
  }

  private static List<String> words(String text, int max) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < text.length() && isSpace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        return words;
      }
      if (max >= 0 && words.size() == max) {
        words.add(text.substring(at));
        return words;
      }
      int start = at;
      while (at < text.length() && !isSpace(text.charAt(at))) {
        at++;
      }
      words.add(text.substring(start, at));
      Limits.items(words.size());
    }
  }

  private static List<String> wordsFromRight(String text, int max) {
    String reversed = new StringBuilder(text).reverse().toString();
    return words(reversed, max).reversed().stream()
        .map(word -> new StringBuilder(word).reverse().toString())
        .toList();
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

  private static List<String> separatedFromRight(String text, String separator, int max) {
    List<String> parts = new ArrayList<>();
    String rest = text;
    int cut = rest.lastIndexOf(separator);
    while (cut >= 0 && (max < 0 || parts.size() < max)) {
      parts.addFirst(rest.substring(cut + separator.length()));
      rest = rest.substring(0, cut);
      cut = rest.lastIndexOf(separator);
      Limits.items(parts.size());
    }
    parts.addFirst(rest);
    return parts;
  }

  private static List<String> lines(String text, boolean keepEnds) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && LINE_ENDS.indexOf(text.charAt(end)) < 0) {
        end++;
      }
      int next = text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length());
      lines.add(text.substring(start, keepEnds ? next : end));
      Limits.items(lines.size());
      start = next;
    }
    return lines;
  }

  private static Value join(String separator, MethodArguments given) {
    StringBuilder joined = new StringBuilder();
    boolean first = true;
    for (Value value : Operations.elements(given.values().getFirst())) {
      joined.append(first ? "" : separator).append(PythonText.str(value));
      Limits.text(joined.length());
      first = false;
    }
    return Value.of(joined.toString());
  }

  private static String strip(String text, MethodArguments given, boolean left, boolean right) {
    boolean blanks = given.find(0, "chars") == null;
    String characters = blanks ? "" : given.text(0);
    IntPredicate stripped = c -> blanks ? isSpace(c) : characters.indexOf(c) >= 0;
    int start = 0;
    int end = text.length();
    while (left && start < end && stripped.test(text.charAt(start))) {
      start++;
    }
    while (right && end > start && stripped.test(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static Value replace(String text, MethodArguments given) {
    String old = given.text(0);
    String replacement = given.text(1);
    int max = given.number(2, "count", -1);
    long count = old.isEmpty() ? text.length() + 1L : count(new Part(0, text), old);
    Limits.text(text.length() + count * Math.max(0, replacement.length() - old.length()));
    List<String> parts = old.isEmpty() ? letters(text, max) : separated(text, old, max);
    return Value.of(String.join(replacement, parts));
  }

  /// The text cut before and after every letter, at most `max` times unless negative.
  private static List<String> letters(String text, int max) {
    List<String> parts = new ArrayList<>();
    int at = 0;
    if (max != 0) {
      parts.add("");
    }
    while (at < text.length() && (max < 0 || parts.size() < max)) {
      int next = text.offsetByCodePoints(at, 1);
      parts.add(text.substring(at, next));
      Limits.items(parts.size());
      at = next;
    }
    parts.add(text.substring(at));
    return parts;
  }

  /// The part of a text that a call looks at.
  ///
  /// @param start how many code points come before it; more than the text has if it starts outside
  private record Part(int start, String text) {
    static Part of(String text, MethodArguments given) {
      if (given.find(1, "start") == null && given.find(2, "end") == null) {
        return new Part(0, text);
      }
      int length = text.codePointCount(0, text.length());
      int from = index(given.number(1, "start", 0), length);
      int to = Math.min(length, index(given.number(2, "end", length), length));
      if (from > to) {
        return new Part(-1, "");
      }
      int start = text.offsetByCodePoints(0, from);
      return new Part(from, text.substring(start, text.offsetByCodePoints(start, to - from)));
    }

    private static int index(int index, int length) {
      return index < 0 ? Math.max(0, index + length) : index;
    }

    boolean outside() {
      return start < 0;
    }
  }

  private static boolean touches(String text, MethodArguments given) {
    Part part = Part.of(text, given);
    boolean starts = given.method().equals("startswith");
    List<Value> wanted =
        given.values().getFirst().plain() instanceof Value.Pair(List<Value> several, _)
            ? several
            : List.of(given.values().getFirst());
    for (Value one : wanted) {
      if (!(one.plain() instanceof Value.Text(String affix))) {
        throw TemplateFailures.evaluation(given.method() + "() takes texts, not " + one.typeName());
      }
      boolean touches = starts ? part.text().startsWith(affix) : part.text().endsWith(affix);
      if (touches && !part.outside()) {
        return true;
      }
    }
    return false;
  }

  private static Value position(String text, MethodArguments given) {
    Part part = Part.of(text, given);
    String wanted = given.text(0);
    boolean last = given.method().startsWith("r");
    int at = last ? part.text().lastIndexOf(wanted) : part.text().indexOf(wanted);
    if (at >= 0 && !part.outside()) {
      return Value.of(part.start() + part.text().codePointCount(0, at));
    }
    if (given.method().endsWith("index")) {
      throw TemplateFailures.evaluation("substring not found");
    }
    return Value.of(-1);
  }

  private static int count(Part part, String wanted) {
    String text = part.text();
    if (part.outside()) {
      return 0;
    }
    if (wanted.isEmpty()) {
      return text.codePointCount(0, text.length()) + 1;
    }
    int count = 0;
    for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  private static boolean every(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  private static boolean cased(String text, String changed) {
    return text.equals(changed) && text.codePoints().anyMatch(Character::isLetter);
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder(text.length());
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      title.append(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
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

  private static String padded(String text, MethodArguments given) {
    int width = given.number(0, "width", 0);
    Limits.text(width);
    String fill = given.text(1, "fillchar", " ");
    if (fill.codePointCount(0, fill.length()) != 1) {
      throw TemplateFailures.evaluation("The fill character must be exactly one character long");
    }
    int missing = Math.max(0, width - text.codePointCount(0, text.length()));
    int left =
        switch (given.method()) {
          case "ljust" -> 0;
          case "rjust" -> missing;
          // Python puts the odd one to the left of a text of odd width.
          default -> missing / 2 + (missing & width & 1);
        };
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }

  private static String zfill(String text, int width) {
    Limits.text(width);
    int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int missing = Math.max(0, width - text.codePointCount(0, text.length()));
    return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
  }

  private static String expandtabs(String text, MethodArguments given) {
    int size = given.number(0, "tabsize", 8);
    Limits.text((long) Math.max(0, size) * text.chars().filter(c -> c == '\t').count());
    StringBuilder expanded = new StringBuilder();
    int column = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t') {
        int blanks = size <= 0 ? 0 : size - column % size;
        expanded.append(" ".repeat(blanks));
        column += blanks;
      } else {
        expanded.append(c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
    return expanded.toString();
  }

  private static Value partition(String text, MethodArguments given) {
    String separator = given.text(0);
    if (separator.isEmpty()) {
      throw TemplateFailures.evaluation("empty separator");
    }
    boolean last = given.method().equals("rpartition");
    int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
    List<String> parts;
    if (at < 0) {
      parts = last ? List.of("", "", text) : List.of(text, "", "");
    } else {
      parts = List.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }
    return Value.Pair.of(parts.stream().map(Value::of).toList());
  }
}
