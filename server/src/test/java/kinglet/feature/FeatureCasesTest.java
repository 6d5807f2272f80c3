// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The cases of `features/cases`: what a value is at a time.
final class FeatureCasesTest {
  private static final Path CASES = Path.of("src/test/resources/features/cases");

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(CASES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).sorted().toList()) {
        for (Object one : (List<?>) load(file)) {
          Map<?, ?> text = (Map<?, ?>) one;
          tests.add(DynamicTest.dynamicTest(text.get("name").toString(), () -> run(text)));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(15);
    return tests.stream();
  }

  private static Object load(Path file) throws IOException {
    return new Load(LoadSettings.builder().setLabel(file.toString()).build())
        .loadFromString(Files.readString(file));
  }

  private static void run(Map<?, ?> text) throws InterruptedException {
    try (ViewCase view = new ViewCase(text)) {
      for (Object read : (List<?>) text.get("reads")) {
        Map<?, ?> expected = (Map<?, ?>) read;
        view.arrive(expected.get("at"));
        view.read(expected.get("user_id"), expected.get("at"));
        check(view, expected);
      }
    }
  }

  private static void check(ViewCase view, Map<?, ?> expected) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Map<String, @Nullable Object> wanted = new LinkedHashMap<>();
    expected.forEach((name, value) -> {
      if (name.equals("status")) {
        wanted.put("status", value);
        values.put("status", view.status());
      } else if (!name.equals("at") && !name.equals("user_id")) {
        wanted.put(name.toString(), number(value));
        values.put(name.toString(), view.value(name.toString()));
      }
    });
    assertThat(values).as("%s", expected).isEqualTo(wanted);
  }

  /// Whole numbers and those with a point are the same.
  private static @Nullable Object number(@Nullable Object value) {
    return switch (value) {
      case Number some -> some.doubleValue();
      case List<?> some -> some.stream().map(FeatureCasesTest::number).toList();
      case null -> null;
      default -> value;
    };
  }
}
