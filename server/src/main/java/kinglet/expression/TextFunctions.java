// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Functions of texts. Places and lengths count bytes unless the name says UTF8.
final class TextFunctions {
  private static final int LENGTH_MAX = 1 << 20;
  private static final long FAR = 1L << 40;
  private static final byte[] SPACE = {' '};

  private TextFunctions() {}

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("Texts");
    group.add(
        "~length ~OCTET_LENGTH",
        "length(x)",
        "The bytes of a text, or the elements of an array or a map.",
        "length('été')",
        arguments -> size(arguments, false));
    group.add(
        "empty",
        "empty(x)",
        "1 if the text, array or map has nothing in it.",
        "empty('')",
        arguments -> size(arguments, true));
    group.add(
        "notEmpty",
        "notEmpty(x)",
        "1 if the text, array or map has something in it.",
        "notEmpty('')",
        TextFunctions::notEmpty);
    group.add(
        "lengthUTF8 ~CHAR_LENGTH ~CHARACTER_LENGTH",
        "lengthUTF8(text)",
        "The characters of a text.",
        "lengthUTF8('été')",
        arguments -> {
          texts(arguments, 1);
          return Bound.of(
              Types.UINT64, (in, out) -> out.setWhole(characters(in[0], 0, in[0].length())));
        });
    mapped(
        group,
        "~lower ~lcase",
        "The text with the letters A to Z in lower case.",
        "'ABC É'",
        b -> b >= 'A' && b <= 'Z' ? b + 32 : b);
    mapped(
        group,
        "~upper ~ucase",
        "The text with the letters a to z in upper case.",
        "'abc é'",
        b -> b >= 'a' && b <= 'z' ? b - 32 : b);
    trim(group, "trimBoth trim", "at both ends", true, true);
    trim(group, "trimLeft ltrim", "at the start", true, false);
    trim(group, "trimRight rtrim", "at the end", false, true);
    group.add(
        "~concat", "a || b || ...", "The values as one text.", "'a' || 1", TextFunctions::concat);
    group.add(
        "~substring ~substr ~mid ~byteSlice",
        "substring(text, offset[, length])",
        "The bytes from a place on, counted from 1 or from the end with -1; a negative length"
            + " leaves out as many at the end.",
        "substring('hello', 2, 3)",
        arguments -> substring(arguments, false));
    group.add(
        "substringUTF8",
        "substringUTF8(text, offset[, length])",
        "As `substring`, counting characters.",
        "substringUTF8('été', 2, 1)",
        arguments -> substring(arguments, true));
    group.add(
        "~left",
        "left(text, n)",
        "The first n bytes; with a negative n all but the last.",
        "left('hello', 2)",
        arguments -> end(arguments, true));
    group.add(
        "~right",
        "right(text, n)",
        "The last n bytes; with a negative n all but the first.",
        "right('hello', 2)",
        arguments -> end(arguments, false));
    group.add(
        "~position ~locate",
        "position(text, part)",
        "The place of the part in the text, counted from 1, or 0.",
        "position('hello', 'l')",
        arguments -> {
          strings(arguments, 2);
          boolean swapped = arguments.function().equalsIgnoreCase("locate");
          int text = swapped ? 1 : 0;
          return Bound.of(
              Types.UINT64, (in, out) -> out.setWhole(find(in[text], in[1 - text], 0) + 1));
        });
    group.add(
        "~countSubstrings",
        "countSubstrings(text, part)",
        "How often the part stands in the text.",
        "countSubstrings('banana', 'an')",
        arguments -> {
          strings(arguments, 2);
          return Bound.of(
              Types.UINT64,
              (in, out) -> {
                long count = 0;
                if (in[1].length() > 0) {
                  for (int at = find(in[0], in[1], 0);
                      at >= 0;
                      at = find(in[0], in[1], at + in[1].length())) {
                    count++;
                  }
                }
                out.setWhole(count);
              });
        });
    group.add(
        "startsWith",
        "startsWith(text, prefix)",
        "1 if the text starts with the prefix.",
        "startsWith('hello', 'he')",
        arguments -> {
          texts(arguments, 2);
          return Bound.of(
              Types.UINT8,
              (in, out) -> out.setBool(in[0].length() >= in[1].length() && isAt(in[0], 0, in[1])));
        });
    group.add(
        "endsWith",
        "endsWith(text, suffix)",
        "1 if the text ends with the suffix.",
        "endsWith('hello', 'lo')",
        arguments -> {
          texts(arguments, 2);
          return Bound.of(
              Types.UINT8,
              (in, out) -> {
                int at = in[0].length() - in[1].length();
                out.setBool(at >= 0 && isAt(in[0], at, in[1]));
              });
        });
    replacing(group);
    matching(group);
    splitting(group);
    group.add(
        "~reverse",
        "reverse(x)",
        "The bytes of a text, or the elements of an array, from the last to the first.",
        "reverse('abc')",
        TextFunctions::reverse);
    group.add(
        "~repeat",
        "repeat(text, n)",
        "The text n times. NULL beyond a million bytes, where ClickHouse may fail.",
        "repeat('ab', 3)",
        TextFunctions::repeat);
    group.add(
        "~hex",
        "hex(x)",
        "The bytes of a text, or the digits of an unsigned integer, in base 16.",
        "hex('abc')",
        TextFunctions::hex);
    group.add(
        "~unhex",
        "unhex(text)",
        "The bytes that digits in base 16 say. NULL for other characters, where ClickHouse's result is"
            + " not defined.",
        "unhex('616263')",
        TextFunctions::unhex);
    group.add(
        "base64Encode ~TO_BASE64",
        "base64Encode(text)",
        "The bytes in base 64.",
        "base64Encode('abc')",
        arguments -> {
          texts(arguments, 1);
          return Bound.of(
              Types.STRING,
              (in, out) -> out.setBytes(Base64.getEncoder().encode(in[0].copyBytes())));
        });
    return group;
  }

  private static void texts(Arguments arguments, int count) {
    arguments.count(count);
    for (int i = 0; i < count; i++) {
      text(arguments, i);
    }
  }

  /// FixedString is not among them.
  private static void strings(Arguments arguments, int count) {
    arguments.count(count);
    for (int i = 0; i < count; i++) {
      if (!(arguments.type(i) instanceof DataType.StringType)) {
        throw arguments.wrongType(i, "a String");
      }
    }
  }

  private static void text(Arguments arguments, int index) {
    if (!Types.isText(arguments.type(index))) {
      throw arguments.wrongType(index, "a text");
    }
  }

  private static void whole(Arguments arguments, int index) {
    DataType type = arguments.type(index);
    if (!(type instanceof DataType.Int) || Shape.of(type) == Shape.BIG) {
      throw arguments.wrongType(index, "an integer of at most 64 bits");
    }
  }

  private static String first(String names) {
    return (names.startsWith("~") ? names.substring(1) : names).split(" ", -1)[0];
  }

  /// Reads how many parts a text, an array or a map has.
  private static Numbers.Real parts(Arguments arguments) {
    arguments.count(1);
    return switch (arguments.type(0)) {
      case DataType.StringType _ -> Slot::length;
      case DataType.FixedString _ -> Slot::length;
      case DataType.Array _ -> slot -> ((ListValue) slot.object()).size();
      case DataType.MapOf _ -> slot -> ((MapValue) slot.object()).keys().size();
      default -> throw arguments.wrongType(0, "a text, an array or a map");
    };
  }

  private static Bound size(Arguments arguments, boolean empty) {
    Numbers.Real parts = parts(arguments);
    if (empty && arguments.type(0) instanceof DataType.FixedString) {
      throw arguments.wrongType(0, "a String, an array or a map");
    }
    return empty
        ? Bound.of(Types.UINT8, (in, out) -> out.setBool(parts.read(in[0]) == 0))
        : Bound.of(Types.UINT64, (in, out) -> out.setWhole((long) parts.read(in[0])));
  }

  private static Bound notEmpty(Arguments arguments) {
    Bound empty = size(arguments, true);
    return new Bound(
        Types.UINT8,
        () -> {
          Operation operation = empty.operations().get();
          return (in, out) -> {
            operation.apply(in, out);
            out.setBool(!out.isTrue());
          };
        });
  }

  private static boolean isStart(byte b) {
    return (b & 0xC0) != 0x80;
  }

  private static int characters(Slot text, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += isStart(text.bytes()[text.offset() + i]) ? 1 : 0;
    }
    return count;
  }

  /// The place of the n-th character, counted from 0, or the end.
  private static int character(Slot text, long n) {
    long left = n;
    for (int i = 0; i < text.length(); i++) {
      if (isStart(text.bytes()[text.offset() + i]) && left-- == 0) {
        return i;
      }
    }
    return text.length();
  }

  private static void mapped(
      FunctionGroup group,
      String names,
      String description,
      String example,
      IntUnaryOperator operator) {
    String name = first(names);
    group.add(
        names,
        name + "(text)",
        description,
        name + "(" + example + ")",
        arguments -> {
          texts(arguments, 1);
          return new Bound(
              arguments.type(0),
              () -> {
                ByteText text = new ByteText();
                return (in, out) -> {
                  text.clear();
                  for (int i = 0; i < in[0].length(); i++) {
                    text.add(operator.applyAsInt(in[0].bytes()[in[0].offset() + i]));
                  }
                  text.into(out);
                };
              });
        });
  }

  private static void trim(
      FunctionGroup group, String names, String where, boolean start, boolean end) {
    String name = first(names);
    group.add(
        names,
        name + "(text[, characters])",
        "The text without spaces, or the constant characters, " + where + ".",
        name + "('  a ')",
        arguments -> {
          arguments.count(1, 2);
          text(arguments, 0);
          byte[] dropped =
              arguments.size() == 2 ? arguments.text(1).getBytes(StandardCharsets.UTF_8) : SPACE;
          return Bound.of(
              Types.STRING,
              (in, out) -> {
                int from = in[0].offset();
                int to = from + in[0].length();
                while (start && from < to && has(dropped, in[0].bytes()[from])) {
                  from++;
                }
                while (end && from < to && has(dropped, in[0].bytes()[to - 1])) {
                  to--;
                }
                out.setBytes(in[0].bytes(), from, to - from);
              });
        });
  }

  private static boolean has(byte[] bytes, byte wanted) {
    for (byte b : bytes) {
      if (b == wanted) {
        return true;
      }
    }
    return false;
  }

  private static Bound concat(Arguments arguments) {
    arguments.count(1, Integer.MAX_VALUE);
    ZoneId zone = arguments.scope().zone();
    List<DataType> types = arguments.all().stream().map(Compiled::type).toList();
    return new Bound(
        Types.STRING,
        () -> {
          Printer[] printers =
              types.stream().map(type -> Printer.of(type, zone)).toArray(Printer[]::new);
          ByteText text = new ByteText();
          return (in, out) -> {
            text.clear();
            for (int i = 0; i < in.length; i++) {
              printers[i].print(in[i], text);
            }
            text.into(out);
          };
        });
  }

  private static Bound substring(Arguments arguments, boolean utf8) {
    arguments.count(2, 3);
    text(arguments, 0);
    if (utf8 && arguments.type(0) instanceof DataType.FixedString) {
      throw arguments.wrongType(0, "a String");
    }
    for (int i = 1; i < arguments.size(); i++) {
      whole(arguments, i);
    }
    return Bound.of(
        Types.STRING,
        (in, out) -> {
          long size = utf8 ? characters(in[0], 0, in[0].length()) : in[0].length();
          if (in.length == 3 && in[2].whole() == Long.MIN_VALUE) {
            out.setNull();
            return;
          }
          long offset = Math.clamp(in[1].whole(), -FAR, FAR);
          long from = offset > 0 ? offset - 1 : size + offset;
          long length = in.length == 3 ? in[2].whole() : size - from;
          long to = length >= 0 ? from + Math.min(length, size + Math.abs(from)) : size + length;
          if (offset == 0) {
            to = 0;
          }
          from = Math.clamp(from, 0, size);
          to = Math.clamp(to, from, size);
          part(in[0], utf8, from, to, out);
        });
  }

  private static void part(Slot text, boolean utf8, long from, long to, Slot out) {
    int start = utf8 ? character(text, from) : (int) from;
    int end = utf8 ? character(text, to) : (int) to;
    out.setBytes(text.bytes(), text.offset() + start, end - start);
  }

  private static Bound end(Arguments arguments, boolean left) {
    arguments.count(2);
    text(arguments, 0);
    whole(arguments, 1);
    return Bound.of(
        Types.STRING,
        (in, out) -> {
          long size = in[0].length();
          long n = in[1].whole();
          if (n == Long.MIN_VALUE) {
            out.setNull();
            return;
          }
          long kept = Math.clamp(n >= 0 ? n : size + n, 0, size);
          part(in[0], false, left ? 0 : size - kept, left ? kept : size, out);
        });
  }

  private static boolean isAt(Slot text, int at, Slot part) {
    return Arrays.equals(
        text.bytes(),
        text.offset() + at,
        text.offset() + at + part.length(),
        part.bytes(),
        part.offset(),
        part.offset() + part.length());
  }

  /// The place of a part, or -1.
  private static int find(Slot text, Slot part, int from) {
    for (int at = from; at + part.length() <= text.length(); at++) {
      if (isAt(text, at, part)) {
        return at;
      }
    }
    return -1;
  }

  private static void replacing(FunctionGroup group) {
    group.add(
        "replaceAll ~replace",
        "replaceAll(text, part, by)",
        "The text with every part replaced.",
        "replaceAll('banana', 'an', 'o')",
        arguments -> replace(arguments, true));
    group.add(
        "replaceOne",
        "replaceOne(text, part, by)",
        "The text with the first part replaced.",
        "replaceOne('banana', 'an', 'o')",
        arguments -> replace(arguments, false));
    group.add(
        "replaceRegexpAll ~REGEXP_REPLACE",
        "replaceRegexpAll(text, pattern, by)",
        "The text with everything that matches the constant pattern replaced; `\\1` stands for the"
            + " first group.",
        "replaceRegexpAll('a1b2', '[0-9]', '#')",
        arguments -> replaceRegexp(arguments, true));
    group.add(
        "replaceRegexpOne",
        "replaceRegexpOne(text, pattern, by)",
        "The text with the first match of the constant pattern replaced.",
        "replaceRegexpOne('a1b2', '[0-9]', '#')",
        arguments -> replaceRegexp(arguments, false));
  }

  private static Bound replace(Arguments arguments, boolean all) {
    strings(arguments, 3);
    return new Bound(
        Types.STRING,
        () -> {
          ByteText text = new ByteText();
          return (in, out) -> {
            Slot from = in[0];
            int found = in[1].length() == 0 ? -1 : find(from, in[1], 0);
            if (found < 0) {
              out.set(from);
              return;
            }
            text.clear();
            int at = 0;
            while (found >= 0) {
              text.add(from.bytes(), from.offset() + at, found - at).add(in[2]);
              at = found + in[1].length();
              found = all ? find(from, in[1], at) : -1;
            }
            text.add(from.bytes(), from.offset() + at, from.length() - at).into(out);
          };
        });
  }

  private static Pattern pattern(Arguments arguments, int index) {
    try {
      return Pattern.compile(arguments.text(index), Pattern.DOTALL);
    } catch (PatternSyntaxException wrong) {
      throw arguments.failure(index, "The pattern is wrong: " + wrong.getDescription());
    }
  }

  /// `\1` becomes what RE2/J calls `$1`.
  private static String substitution(Arguments arguments) {
    String by = arguments.text(2);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < by.length(); i++) {
      char c = by.charAt(i);
      boolean escape = c == '\\' && i + 1 < by.length();
      if (escape && Character.digit(by.charAt(i + 1), 10) >= 0) {
        text.append("${").append(by.charAt(++i)).append('}');
      } else if (escape) {
        text.append("\\").append(by.charAt(++i));
      } else {
        text.append(c == '$' || c == '\\' ? "\\" : "").append(c);
      }
    }
    return text.toString();
  }

  private static Bound replaceRegexp(Arguments arguments, boolean all) {
    strings(arguments, 3);
    Pattern pattern = pattern(arguments, 1);
    String by = substitution(arguments).replaceAll("\\$\\{([0-9])}", "\\$$1");
    checkGroups(arguments, pattern);
    if (pattern.pattern().isEmpty()) {
      // As ClickHouse has it: nothing is found, not the place before each character.
      return Bound.of(Types.STRING, (in, out) -> out.set(in[0]));
    }
    return Bound.of(
        Types.STRING,
        (in, out) -> {
          Matcher matcher = pattern.matcher(in[0].text());
          out.setText(all ? matcher.replaceAll(by) : matcher.replaceFirst(by));
        });
  }

  private static void checkGroups(Arguments arguments, Pattern pattern) {
    String by = arguments.text(2);
    for (int i = 0; i + 1 < by.length(); i++) {
      int group = by.charAt(i) == '\\' ? Character.digit(by.charAt(i + 1), 10) : -1;
      if (group > pattern.groupCount()) {
        throw arguments.failure(
            2, "The pattern has " + pattern.groupCount() + " groups, not " + group);
      }
    }
  }

  private static void matching(FunctionGroup group) {
    like(
        group,
        "like",
        "x LIKE pattern",
        "1 if the text is like the constant pattern: `%` stands"
            + " for any text, `_` for one character, and `\\` takes their meaning away.",
        "'abc' LIKE 'a%'",
        false,
        false);
    like(
        group,
        "notLike",
        "x NOT LIKE pattern",
        "0 if the text is like the pattern.",
        "'abc' NOT LIKE 'a%'",
        true,
        false);
    like(
        group,
        "ilike",
        "x ILIKE pattern",
        "As LIKE, in any case.",
        "'ABC' ILIKE 'a%'",
        false,
        true);
    like(
        group,
        "notILike",
        "x NOT ILIKE pattern",
        "As NOT LIKE, in any case.",
        "'ABC' NOT ILIKE 'a%'",
        true,
        true);
    group.add(
        "match ~REGEXP_MATCHES",
        "match(text, pattern)",
        "1 if the constant pattern, a regular expression of RE2, matches some of the text.",
        "match('hello', 'l+')",
        arguments -> {
          arguments.count(2);
          text(arguments, 0);
          Pattern pattern = pattern(arguments, 1);
          return Bound.of(
              Types.UINT8, (in, out) -> out.setBool(pattern.matcher(bytes(in[0])).find()));
        });
    group.add(
        "extract",
        "extract(text, pattern)",
        "What the constant pattern's first group, or the pattern, matches first; else an empty"
            + " text.",
        "extract('id=123', '[0-9]+')",
        arguments -> {
          strings(arguments, 2);
          Pattern pattern = pattern(arguments, 1);
          int part = pattern.groupCount() > 0 ? 1 : 0;
          return Bound.of(
              Types.STRING,
              (in, out) -> {
                Matcher matcher = pattern.matcher(in[0].text());
                String found = matcher.find() ? matcher.group(part) : "";
                out.setText(Optional.ofNullable(found).orElse(""));
              });
        });
  }

  private static byte[] bytes(Slot slot) {
    return slot.offset() == 0 && slot.length() == slot.bytes().length
        ? slot.bytes()
        : slot.copyBytes();
  }

  private static void like(
      FunctionGroup group,
      String name,
      String signature,
      String description,
      String example,
      boolean not,
      boolean anyCase) {
    group.add(
        name,
        signature,
        description,
        example,
        arguments -> {
          arguments.count(2);
          text(arguments, 0);
          String regex = regex(arguments);
          int flags = Pattern.DOTALL | (anyCase ? Pattern.CASE_INSENSITIVE : 0);
          Pattern pattern = Pattern.compile(regex, flags);
          return Bound.of(
              Types.UINT8,
              (in, out) -> out.setBool(pattern.matcher(bytes(in[0])).matches() != not));
        });
  }

  private static String regex(Arguments arguments) {
    String like = arguments.text(1);
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < like.length(); i++) {
      char c = like.charAt(i);
      if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        if (c == '\\' && i + 1 == like.length()) {
          throw arguments.failure(1, "The pattern ends with '\\'");
        }
        boolean taken = c == '\\' && "%_\\".indexOf(like.charAt(i + 1)) >= 0;
        int point = like.codePointAt(taken ? i + 1 : i);
        regex.append(Pattern.quote(Character.toString(point)));
        i += (taken ? 1 : 0) + Character.charCount(point) - 1;
      }
    }
    return regex.toString();
  }

  private static void splitting(FunctionGroup group) {
    group.add(
        "splitByChar",
        "splitByChar(separator, text)",
        "The parts of the text between the constant character.",
        "splitByChar(',', 'a,b,c')",
        arguments -> {
          arguments.count(2);
          String separator = arguments.text(0);
          if (separator.length() != 1 || separator.charAt(0) > 127) {
            throw arguments.failure(0, "The separator is one character of ASCII");
          }
          return split(arguments);
        });
    group.add(
        "splitByString",
        "splitByString(separator, text)",
        "The parts of the text between the constant text; its characters if that is empty.",
        "splitByString(', ', 'a, b')",
        arguments -> {
          arguments.count(2);
          return split(arguments);
        });
    group.add(
        "arrayStringConcat",
        "arrayStringConcat(array[, separator])",
        "The texts of an array as one, with a constant separator between them; NULLs are left out.",
        "arrayStringConcat(['a', 'b'], '-')",
        TextFunctions::join);
  }

  private static Bound split(Arguments arguments) {
    String text = arguments.text(0);
    if (!(arguments.type(1) instanceof DataType.StringType)) {
      throw arguments.wrongType(1, "a String");
    }
    Slot separator = new Slot();
    separator.setText(text);
    return new Bound(
        new DataType.Array(Types.STRING),
        () -> {
          Slot part = new Slot();
          return (in, out) -> {
            ListValue.Builder parts = ListValue.builder(Shape.BYTES, 4);
            int at = 0;
            if (separator.length() == 0) {
              while (at < in[1].length()) {
                int end = at + 1;
                while (end < in[1].length() && !isStart(in[1].bytes()[in[1].offset() + end])) {
                  end++;
                }
                part.setBytes(in[1].bytes(), in[1].offset() + at, end - at);
                parts.add(part);
                at = end;
              }
              out.setObject(parts.build());
              return;
            }
            for (int found = find(in[1], separator, 0);
                found >= 0;
                found = find(in[1], separator, at)) {
              part.setBytes(in[1].bytes(), in[1].offset() + at, found - at);
              parts.add(part);
              at = found + separator.length();
            }
            part.setBytes(in[1].bytes(), in[1].offset() + at, in[1].length() - at);
            parts.add(part);
            out.setObject(parts.build());
          };
        });
  }

  private static Bound join(Arguments arguments) {
    arguments.count(1, 2);
    if (!(arguments.type(0) instanceof DataType.Array(DataType element))
        || !(Types.bare(element) instanceof DataType.StringType)) {
      throw arguments.wrongType(0, "an array of texts");
    }
    Slot separator = new Slot();
    separator.setText(arguments.size() == 2 ? arguments.text(1) : "");
    return new Bound(
        Types.STRING,
        () -> {
          Slot slot = new Slot();
          ByteText text = new ByteText();
          return (in, out) -> {
            ListValue list = (ListValue) in[0].object();
            text.clear();
            boolean first = true;
            for (int i = 0; i < list.size(); i++) {
              list.get(i, slot);
              if (!slot.isNull()) {
                if (!first) {
                  text.add(separator);
                }
                text.add(slot);
                first = false;
              }
            }
            text.into(out);
          };
        });
  }

  private static Bound reverse(Arguments arguments) {
    arguments.count(1);
    if (arguments.type(0) instanceof DataType.Array(DataType element)) {
      Shape shape = Shape.of(element);
      Supplier<Operation> reversed =
          () -> {
            Slot slot = new Slot();
            return (in, out) -> {
              ListValue list = (ListValue) in[0].object();
              ListValue.Builder built = ListValue.builder(shape, list.size());
              for (int i = list.size() - 1; i >= 0; i--) {
                list.get(i, slot);
                built.add(slot);
              }
              out.setObject(built.build());
            };
          };
      return new Bound(arguments.type(0), reversed);
    }
    text(arguments, 0);
    return new Bound(
        arguments.type(0),
        () -> {
          ByteText text = new ByteText();
          return (in, out) -> {
            text.clear();
            for (int i = in[0].length() - 1; i >= 0; i--) {
              text.add(in[0].bytes()[in[0].offset() + i]);
            }
            text.into(out);
          };
        });
  }

  private static Bound repeat(Arguments arguments) {
    arguments.count(2);
    if (!(arguments.type(0) instanceof DataType.StringType)) {
      throw arguments.wrongType(0, "a String");
    }
    whole(arguments, 1);
    boolean high = Numbers.isUnsigned64(arguments.type(1));
    return new Bound(
        Types.STRING,
        () -> {
          ByteText text = new ByteText();
          return (in, out) -> {
            long times = in[1].whole();
            boolean many = (high && times < 0) || times > LENGTH_MAX;
            text.clear();
            if (in[0].length() > 0 && (many || times * in[0].length() > LENGTH_MAX)) {
              out.setNull();
              return;
            }
            for (long i = 0; i < times && in[0].length() > 0; i++) {
              text.add(in[0]);
            }
            text.into(out);
          };
        });
  }

  private static Bound hex(Arguments arguments) {
    arguments.count(1);
    DataType type = arguments.type(0);
    boolean number = type instanceof DataType.Int(int bits, boolean _) && bits <= 64;
    if (!number) {
      text(arguments, 0);
    }
    int width = type.width() * 8;
    return new Bound(
        Types.STRING,
        () -> {
          ByteText text = new ByteText();
          return (in, out) -> {
            text.clear();
            if (number) {
              long value = Numbers.wrap(in[0].whole(), width, false);
              boolean started = false;
              for (int shift = 56; shift >= 0; shift -= 8) {
                int b = (int) (value >>> shift & 255);
                started |= b != 0 || shift == 0;
                if (started) {
                  digits(b, text);
                }
              }
            } else {
              for (int i = 0; i < in[0].length(); i++) {
                digits(in[0].bytes()[in[0].offset() + i], text);
              }
            }
            text.into(out);
          };
        });
  }

  private static void digits(int b, ByteText text) {
    text.add("0123456789ABCDEF".charAt(b >> 4 & 15)).add("0123456789ABCDEF".charAt(b & 15));
  }

  private static Bound unhex(Arguments arguments) {
    texts(arguments, 1);
    return new Bound(
        Types.STRING,
        () -> {
          ByteText text = new ByteText();
          return (in, out) -> {
            text.clear();
            int at = in[0].offset();
            int end = at + in[0].length();
            for (int i = at; i < end; i++) {
              if (Character.digit(in[0].bytes()[i], 16) < 0) {
                out.setNull();
                return;
              }
            }
            if (in[0].length() % 2 != 0) {
              text.add(digit(in[0].bytes()[at++]));
            }
            for (; at < end; at += 2) {
              text.add(digit(in[0].bytes()[at]) << 4 | digit(in[0].bytes()[at + 1]) & 255);
            }
            text.into(out);
          };
        });
  }

  private static int digit(byte b) {
    int digit = Character.digit(b, 16);
    return Math.max(digit, 0);
  }
}
