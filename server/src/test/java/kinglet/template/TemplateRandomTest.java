// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;

/// Any text is a template or a [TemplateError], in bounded time.
final class TemplateRandomTest {
  private static final int ROUNDS = 20_000;
  private static final Duration TIME_MAX = Duration.ofSeconds(5);
  private static final List<String> PIECES =
      List.of(
          "{{",
          "}}",
          "{%",
          "%}",
          "{#",
          "#}",
          "{",
          "}",
          "(",
          ")",
          "[",
          "]",
          "'",
          "\"",
          "\\",
          ",",
          ":",
          ".",
          "=",
          "==",
          "if ",
          "elif ",
          "else",
          "end",
          "for ",
          " in ",
          "while ",
          "set ",
          "try",
          "except",
          "finally",
          "break",
          "continue",
          "not ",
          " and ",
          " or ",
          " is ",
          "x",
          "y",
          "1",
          "9999999999999999999",
          "1e400",
          "String(",
          "Array(",
          "JSON(",
          "column(",
          "range(",
          "defined(",
          ".split(",
          ".get(",
          ".join(",
          ".format(",
          "+",
          "-",
          "*",
          "/",
          "//",
          "%",
          "**",
          "<",
          "None",
          "True",
          "\n",
          " ",
          "'a'",
          "[1,2]",
          "{'a':1}",
          "lambda",
          "__class__",
          "comment ",
          "sum(");

  @Test
  void mutatedTemplatesEndWell() throws IOException {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    List<TemplateGoldenTest.Case> cases = TemplateGoldenTest.cases();
    for (int round = 0; round < ROUNDS; round++) {
      String text =
          random.nextBoolean()
              ? mutated(cases.get(random.nextInt(cases.size())).template(), random)
              : random(random);
      run(text, seed);
    }
  }

  private static String random(RandomGenerator random) {
    StringBuilder text = new StringBuilder("%");
    for (int i = random.nextInt(40); i >= 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static String mutated(String template, RandomGenerator random) {
    StringBuilder text = new StringBuilder(template);
    for (int i = 1 + random.nextInt(4); i > 0 && text.length() > 1; i--) {
      int at = 1 + random.nextInt(text.length() - 1);
      if (random.nextBoolean()) {
        text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(5)));
      } else {
        text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString();
  }

  private static void run(String text, Seed seed) {
    long start = System.nanoTime();
    try {
      Template template = Template.parse(text);
      Arguments arguments = Arguments.of(Map.of("x", List.of("4,5"), "y", List.of("{}")));
      for (RenderMode mode : RenderMode.values()) {
        try {
          assertThat(template.render(arguments, mode).sql()).isNotNull();
        } catch (PlatformException e) {
          assertThat(e.code()).isInstanceOf(TemplateError.class);
        }
      }
    } catch (PlatformException e) {
      assertThat(e.code()).isInstanceOf(TemplateError.class);
    } catch (RuntimeException | StackOverflowError e) {
      fail(seed + " " + text, e);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as(text).isLessThan(TIME_MAX);
  }

  @Test
  void deepAndLongTextsEndWell() {
    Seed seed = Seed.next();
    for (String piece :
        List.of("(", "[", "{'a':", "-", "not ", "x.lower().", "1+", "x[", "String(")) {
      run("%{{" + piece.repeat(20_000) + "1}}", seed);
    }
    run("%" + "{% if x %}".repeat(5_000), seed);
    run("%" + "{% if x %}a{% end %}".repeat(20_000), seed);
    run("%{% set a = [1] %}{% for i in range(90) %}{% set a = [a, a] %}{% end %}{{a}}", seed);
    run("%{% set a = 'x' %}{% for i in range(90) %}{% set a = a + a %}{% end %}{{a}}", seed);
    run("%{% set a = 9 %}{% for i in range(9000) %}{% set a = a * a %}{% end %}{{a}}", seed);
    run(
        "%{% for i in range(100000) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% end %}",
        seed);
  }
}
