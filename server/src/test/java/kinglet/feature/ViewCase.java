// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.PipeKind;
import kinglet.feature.definition.FeatureView;
import kinglet.feature.row.EventRows;
import kinglet.metrics.Metrics;
import kinglet.state.Explanation;
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

/// A view of the form of `features/cases`, and its events as they arrive.
final class ViewCase implements AutoCloseable {
  private static final long START_MICROS =
      Instant.parse("2026-01-01T00:00:00Z").getEpochSecond() * 1_000_000;
  private static final String LOOKUP = "profile";
  private static final Schema SOURCE =
      Schema.of(
          Column.of("ts", "DateTime64(6)"),
          Column.of("user_id", "String"),
          Column.of("v", "Nullable(Float64)"),
          Column.of("n", "Nullable(Int64)"),
          Column.of("kind", "String"));

  private final ViewProgram program;
  private final Shards shards = new Shards(1, new Metrics());
  private final Feed to;
  private final ViewFeed feed;
  private final Optional<ViewFeed> lookupFeed;
  private final ViewReader reader;
  private final Rows rows;

  /// @param text with `view`, `events`, and `lookup`, `ttl` and `tiles` if it has any
  ViewCase(Map<?, ?> text) {
    to = shards.feed(0);
    Optional<ViewProgram> lookup =
        Optional.ofNullable(text.get("lookup"))
            .map(sql -> compile(LOOKUP, kind(Map.of()), sql, Optional.empty()));
    Optional<ViewState> looked = lookup.map(this::open);
    lookupFeed =
        lookup.map(view -> new ViewFeed(view, looked.orElseThrow(), _ -> looked.orElseThrow()));
    program = compile("cases", kind(text), text.get("view"), lookup);
    ViewState state = open(program);
    feed = new ViewFeed(program, state, _ -> looked.orElseThrow());
    rows = new Rows((List<?>) text.get("events"));
    reader = new ViewReader(program, state.reader());
  }

  private static ViewProgram compile(
      String name, PipeKind.Features kind, Object sql, Optional<ViewProgram> lookup) {
    return ViewCompiler.compile(
        FeatureView.of(name, kind, sql.toString()),
        SOURCE,
        wanted -> lookup.filter(view -> view.name().equals(wanted)),
        600_000_000L);
  }

  private ViewState open(ViewProgram view) {
    ViewState state = shards.open(view.name(), view.layout());
    to.attach(state);
    return state;
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
        Optional.ofNullable(text.get("ttl")).map(ViewCase::span),
        tiles);
  }

  private static Duration span(Object seconds) {
    return Duration.ofSeconds(((Number) seconds).longValue());
  }

  private static long micros(Object seconds) {
    return START_MICROS + new BigDecimal(seconds.toString()).movePointRight(6).longValueExact();
  }

  /// The seconds of a time in the units of the case.
  static double seconds(long micros) {
    return ((double) micros - START_MICROS) / 1e6;
  }

  /// Lets the events that arrive until a time arrive.
  void arrive(Object until) throws InterruptedException {
    rows.until(micros(until));
    while (rows.hasArrived()) {
      (rows.isLookedUp() ? lookupFeed.orElseThrow() : feed).add(rows, to);
      to.publish(rows.seq());
      assertThat(to.await(rows.seq(), Duration.ofSeconds(10))).isTrue();
    }
  }

  void read(Object userId, Object at) {
    reader.key(0).setText(userId.toString());
    reader.read(micros(at));
  }

  String status() {
    return reader.status().name();
  }

  @Nullable Object value(String name) {
    int column = column(name);
    return value(program.columns().get(column).type(), reader.value(column));
  }

  /// What the state's value of a place was computed of in the last read.
  Explanation explain(Object at, int use) {
    return reader.explain(micros(at), use, 1000);
  }

  /// The place of a column's one aggregation in the state.
  int use(String name) {
    return column(name) - program.keys().size();
  }

  private int column(String name) {
    for (int i = 0; i < program.columns().size(); i++) {
      if (program.columns().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("the view has no column " + name);
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

  @Override
  public void close() {
    shards.close();
  }

  /// The events, those that have arrived by a time.
  private static final class Rows implements EventRows {
    private final List<?> events;
    private int at = -1;
    private long ingestedMicros = Long.MIN_VALUE;
    private long untilMicros;
    private boolean taken;

    Rows(List<?> events) {
      this.events = events;
    }

    void until(long micros) {
      untilMicros = micros;
    }

    private Map<?, ?> event(int place) {
      return (Map<?, ?>) events.get(place);
    }

    private long arrivalMicros() {
      Map<?, ?> following = event(at + 1);
      Object arrives = following.get("arrives");
      return Math.max(ingestedMicros, micros(arrives == null ? following.get("ts") : arrives));
    }

    boolean hasArrived() {
      return at + 1 < events.size() && arrivalMicros() <= untilMicros;
    }

    /// Whether the row that follows is one of the lookup view's.
    boolean isLookedUp() {
      return event(at + 1).containsKey("source");
    }

    /// One at a time: the next may be one of the other view's.
    @Override
    public boolean next() {
      taken = !taken;
      if (taken) {
        ingestedMicros = arrivalMicros();
        at++;
      }
      return taken;
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
