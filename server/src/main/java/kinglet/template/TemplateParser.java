// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import kinglet.error.PlatformException;

/// Makes the tree of a template out of its tags. Owned by one thread.
final class TemplateParser {
  private static final Set<String> FORBIDDEN =
      Set.of(
          "import",
          "from",
          "include",
          "extends",
          "module",
          "raw",
          "autoescape",
          "apply",
          "block",
          "whitespace",
          "super",
          "exec",
          "def",
          "class",
          "with",
          "return",
          "raise",
          "del",
          "global");

  private static final Set<String> CONTINUATIONS =
      Set.of("elif", "else", "except", "finally", "end");

  private final List<Tag> tags;
  private int at;
  private int depth;
  private int loops;
  private int parts;

  private TemplateParser(List<Tag> tags) {
    this.tags = tags;
  }

  static List<Part> parse(String text) {
    TemplateParser parser = new TemplateParser(TagScanner.scan(text));
    List<Part> body = parser.body();
    if (parser.at < parser.tags.size()) {
      Tag tag = parser.tags.get(parser.at);
      String word = word(tag);
      throw TemplateFailures.syntax(
          tag.line(),
          word.equals("end")
              ? "Extra {% end %} block at line " + tag.line()
              : word + " outside a block it belongs to at line " + tag.line());
    }
    return body;
  }

  private static String word(Tag tag) {
    int end = 0;
    while (end < tag.text().length() && ExpressionLexer.isWordPart(tag.text().charAt(end))) {
      end++;
    }
    return tag.text().substring(0, end);
  }

  /// What follows the tag's first word.
  private static String rest(Tag tag) {
    return tag.text().substring(word(tag).length()).strip();
  }

  /// Parts up to a tag that continues or ends a block, or to the end.
  private List<Part> body() {
    List<Part> body = new ArrayList<>();
    while (at < tags.size()) {
      Tag tag = tags.get(at);
      if (++parts > Limits.NODES_MAX) {
        throw TemplateFailures.syntax(
            tag.line(), "the template has more than " + Limits.NODES_MAX + " tags");
      }
      switch (tag.kind()) {
        case LITERAL -> body.add(new Part.Literal(tag.text()));
        case WRITE ->
            body.add(
                new Part.Write(
                    ExpressionParser.parse(tag.text(), tag.line(), false), tag.text(), tag.line()));
        case STATEMENT -> {
          if (CONTINUATIONS.contains(word(tag))) {
            return body;
          }
          at++;
          statement(body, tag);
          continue;
        }
      }
      at++;
    }
    return body;
  }

  private void statement(List<Part> body, Tag tag) {
    String word = word(tag);
    if (FORBIDDEN.contains(word)) {
      throw TemplateFailures.syntax(tag.line(), word + " is forbidden at <string>:" + tag.line());
    }
    if (++depth > Limits.NESTING_MAX) {
      throw TemplateFailures.syntax(
          tag.line(), "blocks are nested deeper than " + Limits.NESTING_MAX);
    }
    switch (word) {
      case "comment" -> {}
      case "set" -> body.add(assignment(tag));
      case "if" -> body.add(conditional(tag));
      case "for" -> body.add(loop(tag));
      case "while" -> body.add(loop(tag));
      case "try" -> body.add(attempt(tag));
      case "break", "continue" -> {
        if (loops == 0) {
          throw TemplateFailures.syntax(
              tag.line(), word + " outside for or while block at line " + tag.line());
        }
        body.add(word.equals("break") ? new Part.Break() : new Part.Continue());
      }
      default ->
          throw TemplateFailures.syntax(
              tag.line(),
              "unknown operator: '"
                  + (word.isEmpty() ? tag.text().substring(0, 1) : word)
                  + "' at line "
                  + tag.line());
    }
    depth--;
  }

  private static Part assignment(Tag tag) {
    if (rest(tag).isEmpty()) {
      throw TemplateFailures.syntax(tag.line(), "set missing statement at line " + tag.line());
    }
    return ExpressionParser.assignment(rest(tag), tag.line());
  }

  private static Expression condition(Tag tag) {
    return ExpressionParser.parse(required(tag), tag.line(), true);
  }

  private static String required(Tag tag) {
    String rest = rest(tag);
    if (rest.isEmpty()) {
      throw TemplateFailures.syntax(
          tag.line(), word(tag) + " missing expression at line " + tag.line());
    }
    return rest;
  }

  private Part conditional(Tag start) {
    List<Part.Branch> branches = new ArrayList<>();
    List<Part> otherwise = List.of();
    branches.add(new Part.Branch(condition(start), body(), start.line()));
    boolean last = false;
    while (true) {
      Tag tag = continuation(start);
      switch (word(tag)) {
        case "elif" -> {
          refuseAfter(last, tag, start);
          branches.add(new Part.Branch(condition(tag), body(), tag.line()));
        }
        case "else" -> {
          refuseAfter(last, tag, start);
          otherwise = body();
          last = true;
        }
        case "end" -> {
          return new Part.If(branches, otherwise);
        }
        default -> throw misplaced(tag, start);
      }
    }
  }

  private Part loop(Tag start) {
    loops++;
    List<Part> body = body();
    loops--;
    List<Part> otherwise = List.of();
    boolean last = false;
    while (true) {
      Tag tag = continuation(start);
      switch (word(tag)) {
        case "else" -> {
          refuseAfter(last, tag, start);
          otherwise = body();
          last = true;
        }
        case "end" -> {
          return word(start).equals("while")
              ? new Part.While(condition(start), body, otherwise, start.line())
              : ExpressionParser.loop(required(start), start.line(), body, otherwise);
        }
        default -> throw misplaced(tag, start);
      }
    }
  }

  private Part attempt(Tag start) {
    List<Part> body = body();
    List<Part> except = new ArrayList<>();
    List<Part> otherwise = List.of();
    List<Part> last = List.of();
    boolean caught = false;
    boolean finished = false;
    while (true) {
      Tag tag = continuation(start);
      switch (word(tag)) {
        case "except" -> {
          refuseAfter(caught || finished, tag, start);
          except.addAll(body());
          caught = true;
        }
        case "else" -> {
          refuseAfter(!caught || finished, tag, start);
          otherwise = body();
        }
        case "finally" -> {
          refuseAfter(finished, tag, start);
          last = body();
          finished = true;
        }
        case "end" -> {
          if (!caught && !finished) {
            throw TemplateFailures.syntax(
                start.line(), "try without except or finally at line " + start.line());
          }
          return new Part.Try(body, except, caught, otherwise, last);
        }
        default -> throw misplaced(tag, start);
      }
    }
  }

  private Tag continuation(Tag start) {
    if (at >= tags.size()) {
      throw TemplateFailures.syntax(
          start.line(), "Missing {% end %} block for " + word(start) + " at line " + start.line());
    }
    return tags.get(at++);
  }

  private static void refuseAfter(boolean late, Tag tag, Tag start) {
    if (late) {
      throw misplaced(tag, start);
    }
  }

  private static PlatformException misplaced(Tag tag, Tag start) {
    return TemplateFailures.syntax(
        tag.line(),
        word(tag) + " block cannot be attached to " + word(start) + " block at line " + tag.line());
  }
}
