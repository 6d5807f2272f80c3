// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import kinglet.catalog.PipeKind;
import kinglet.feature.definition.FeatureView;
import kinglet.feature.row.EventRows;
import kinglet.metrics.Metrics;
import kinglet.state.Feed;
import kinglet.state.Shards;
import kinglet.state.ViewState;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The cases of `features/cases`: what a value is at a time.
final class FeatureCasesTest {
  private static final Path CASES = Path.of("src/test/resources/features/cases");
  private static final long START_MICROS =
      Instant.parse("2026-01-01T00:00:00Z").getEpochSecond() * 1_000_000;
  private static final Schema SOURCE =
      Schema.of(
          Column.of("ts", "DateTime64(6)"),
          Column.of("user_id", "String"),
          Column.of("v", "Nullable(Float64)"),
          Column.of("n", "Nullable(Int64)"),
          Column.of("kind", "String"));

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
    ViewProgram program =
        ViewCompiler.compile(
            FeatureView.of("cases", kind(text), text.get("view").toString()),
            SOURCE,
            _ -> Optional.empty(),
            ViewCompiler.AS_OF_MICROS);
    try (Shards shards = new Shards(1, new Metrics())) {
      ViewState state = shards.open("cases", program.layout());
      Feed to = shards.feed(0);
      to.attach(state);
      ViewFeed feed = new ViewFeed(program, state, _ -> state);
      Rows rows = new Rows((List<?>) text.get("events"));
      ViewReader reader = new ViewReader(program, state.reader());
      for (Object read : (List<?>) text.get("reads")) {
        Map<?, ?> expected = (Map<?, ?>) read;
        long at = micros(expected.get("at"));
        rows.until(at);
        feed.add(rows, to);
        to.publish(rows.seq());
        assertThat(to.await(rows.seq(), Duration.ofSeconds(10))).isTrue();
        check(program, reader, expected, at);
      }
    }
  }

  private static PipeKind.Features kind(Map<?, ?> text) {
    Map<String, Duration> tiles = new LinkedHashMap<>();
    if (text.get("tiles") instanceof Map<?, ?> given) {
      given.forEach((window, seconds) -> tiles.put(window.toString(), span(seconds)));
    }
    return new PipeKind.Features(
        "cases",
        List.of("user_id"),
        "ts",
        Optional.ofNullable(text.get("ttl")).map(FeatureCasesTest::span),
        tiles);
  }

  private static Duration span(Object seconds) {
    return Duration.ofSeconds(((Number) seconds).longValue());
  }

  private static long micros(Object seconds) {
    return START_MICROS + new BigDecimal(seconds.toString()).movePointRight(6).longValueExact();
  }

  private static void check(
      ViewProgram program, ViewReader reader, Map<?, ?> expected, long atMicros) {
    reader.key(0).setText(expected.get("user_id").toString());
    reader.read(atMicros);
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Map<String, @Nullable Object> wanted = new LinkedHashMap<>();
    expected.forEach((name, value) -> {
      if (name.equals("status")) {
        wanted.put("status", value);
        values.put("status", reader.status().name());
      } else if (!name.equals("at") && !name.equals("user_id")) {
        wanted.put(name.toString(), number(value));
        int column = column(program, name.toString());
        values.put(
            name.toString(), value(program.columns().get(column).type(), reader.value(column)));
      }
    });
    assertThat(values).as("%s", expected).isEqualTo(wanted);
  }

  private static int column(ViewProgram program, String name) {
    for (int i = 0; i < program.columns().size(); i++) {
      if (program.columns().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("the view has no column " + name);
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

  private static @Nullable Object value(DataType type, Slot slot) {
    if (slot.isNull()) {
      return null;
    }
    return switch (Shape.of(type)) {
      case WHOLE -> (double) slot.whole();
      case FLOAT -> slot.real();
      case BYTES -> slot.text();
      case LIST -> list((ListValue) slot.object());
      case BIG, MAP, TUPLE -> throw new IllegalArgumentException("no case has a " + type.sql());
    };
  }

  private static List<Object> list(ListValue values) {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      list.add(values.shape() == Shape.FLOAT ? (Object) values.real(i) : (double) values.bits(i));
    }
    return list;
  }

  /// The events of a case, those that have arrived by a time.
  private static final class Rows implements EventRows {
    private final List<?> events;
    private int at = -1;
    private long ingestedMicros = Long.MIN_VALUE;
    private long untilMicros;

    Rows(List<?> events) {
      this.events = events;
    }

    void until(long micros) {
      untilMicros = micros;
    }

    private Map<?, ?> event(int place) {
      return (Map<?, ?>) events.get(place);
    }

    @Override
    public boolean next() {
      if (at + 1 == events.size()) {
        return false;
      }
      Map<?, ?> following = event(at + 1);
      Object arrives = following.get("arrives");
      long arrival =
          Math.max(ingestedMicros, micros(arrives == null ? following.get("ts") : arrives));
      if (arrival > untilMicros) {
        return false;
      }
      ingestedMicros = arrival;
      at++;
      return true;
    }

    @Override
    public long seq() {
      return at + 1;
    }

    @Override
    public long ingestedMicros() {
      return ingestedMicros;
    }

    @Override
    public void get(int column, Slot into) {
      String name = SOURCE.column(column).name();
      Object value = event(at).get(name);
      switch (name) {
        case "ts" -> into.setWhole(micros(value));
        case "v" -> {
          if (value == null) {
            into.setNull();
          } else {
            into.setReal(((Number) value).doubleValue());
          }
        }
        case "n" -> {
          if (value == null) {
            into.setNull();
          } else {
            into.setWhole(((Number) value).longValue());
          }
        }
        default -> into.setText(value == null ? "" : value.toString());
      }
    }
  }
}
