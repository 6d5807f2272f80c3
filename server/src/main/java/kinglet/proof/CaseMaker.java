// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// Makes one random case.
final class CaseMaker {
  private static final long START_MICROS = 1_767_225_600_000_000L;
  private static final int EVENTS_MAX = 3_000;
  private static final int READS_MAX = 400;

  private final RandomGenerator random;
  private final List<Field> fields = new ArrayList<>();
  private final List<List<Object>> keys = new ArrayList<>();
  private final List<Frame> frames = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final long spanMicros;
  private final long asOfMicros;
  private long ticksMicros = 1;
  private Optional<Joined> joined = Optional.empty();

  CaseMaker(RandomGenerator random) {
    this.random = random;
    this.spanMicros = 1L << (10 + random.nextInt(34));
    this.asOfMicros =
        switch (random.nextInt(3)) {
          case 0 -> 0;
          case 1 -> spanMicros / 8;
          default -> 600_000_000L;
        };
  }

  Case next() {
    boolean lookup = random.nextInt(12) == 0;
    int entityColumns = 1 + random.nextInt(2);
    makeFields(entityColumns);
    makeKeys(entityColumns);
    int ownFields = fields.size();
    if (!lookup && random.nextInt(4) == 0) {
      join();
    }
    Measures measures = new Measures(random, fields, spanMicros, ticksMicros);
    Optional<Condition> where =
        random.nextInt(3) == 0 ? Optional.of(Condition.random(random, fields)) : Optional.empty();
    List<Feature> features = new ArrayList<>();
    List<Term> lookups = new ArrayList<>();
    if (lookup) {
      IntStream.range(0, 6).forEach(_ -> lookups.add(Term.random(random, fields)));
    } else {
      IntStream.range(0, 1 + random.nextInt(6))
          .forEach(_ -> frames.add(Frame.random(random, spanMicros)));
      Term time = Term.of(fields, 0);
      IntStream.range(0, 6 + random.nextInt(30))
          .forEach(_ -> features.add(Feature.random(random, measures, frames, time, ticksMicros)));
    }
    makeEvents(ownFields);
    OptionalLong ttl =
        random.nextInt(4) == 0
            ? OptionalLong.of(1 + random.nextLong(spanMicros))
            : OptionalLong.empty();
    return new Case(
        fields,
        entityColumns,
        keys,
        where,
        frames,
        features,
        lookups,
        ttl,
        asOfMicros,
        events,
        reads(ttl),
        joined);
  }

  /// A lookup view over another data source, of the same keys as one of the fields has.
  private void join() {
    List<Integer> fit =
        IntStream.range(1, fields.size())
            .filter(i ->
                fields.get(i).bare() instanceof DataType.Int
                    || fields.get(i).bare() instanceof DataType.StringType)
            .boxed()
            .toList();
    int on = fit.get(random.nextInt(fit.size()));
    Field key = fields.get(on);
    List<Field> own = new ArrayList<>();
    own.add(new Field("lts", fields.getFirst().type(), false, _ -> 0L));
    own.add(new Field("lk", present(key.type()), false, key.maker()));
    IntStream.range(0, 1 + random.nextInt(4)).forEach(i -> own.add(Field.random(random, "l" + i)));
    List<Term> columns =
        IntStream.range(0, 1 + random.nextInt(3))
            .mapToObj(_ -> Term.random(random, own.subList(1, own.size())).after(1))
            .toList();
    joined = Optional.of(new Joined(own, columns, on, new ArrayList<>()));
    fields.addAll(joined.get().added());
  }

  private static DataType present(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> inner;
      case DataType.LowCardinality(DataType inner) -> new DataType.LowCardinality(present(inner));
      default -> type;
    };
  }

  private void makeFields(int entityColumns) {
    String time =
        switch (random.nextInt(6)) {
          case 0 -> "DateTime('UTC')";
          case 1 -> "DateTime64(3, 'UTC')";
          default -> "DateTime64(6, 'UTC')";
        };
    ticksMicros = time.startsWith("DateTime(") ? 1_000_000 : time.contains("3") ? 1_000 : 1;
    fields.add(new Field("ts", DataType.parse(time), false, _ -> 0L));
    for (int i = 0; i < entityColumns; i++) {
      fields.add(keyField("k" + i));
    }
    int count = 3 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      fields.add(Field.random(random, "f" + i));
    }
    fields.add(
        new Field("f" + count, DataType.parse("Int32"), false, made -> made.nextLong(-50, 50)));
  }

  /// The field of every case that has a whole number in every event.
  static int wholeField(List<Field> fields) {
    DataType whole = DataType.parse("Int32");
    return IntStream.range(1, fields.size())
        .filter(i -> fields.get(i).type().equals(whole))
        .max()
        .orElseThrow();
  }

  private Field keyField(String name) {
    return switch (random.nextInt(4)) {
      case 0 -> new Field(name, DataType.parse("UInt32"), false, made -> made.nextLong(1L << 32));
      case 1 -> new Field(name, DataType.parse("Int64"), false, RandomGenerator::nextLong);
      case 2 ->
          new Field(
              name, DataType.parse("LowCardinality(String)"), false, made -> "k" + made.nextInt());
      default ->
          new Field(
              name, DataType.parse("String"), false, made -> "key " + made.nextLong() + " 'ä'");
    };
  }

  private void makeKeys(int entityColumns) {
    int count = 1 + random.nextInt(1 << random.nextInt(1, 6));
    for (int key = 0; key < count; key++) {
      List<Object> values = new ArrayList<>();
      for (Field field : fields.subList(1, 1 + entityColumns)) {
        Object made = field.maker().apply(random);
        if (made != null) {
          values.add(made);
        }
      }
      if (!keys.contains(values)) {
        keys.add(values);
      }
    }
  }

  /// Few keys have most of the events.
  private int key() {
    int bound = 1 + random.nextInt(keys.size());
    return random.nextInt(bound);
  }

  private void makeEvents(int ownFields) {
    int count = 1 + random.nextInt(random.nextInt(4) == 0 ? EVENTS_MAX : EVENTS_MAX / 5);
    long gap = 1 + 4 * spanMicros / count;
    long seq = 0;
    long ingested = START_MICROS + random.nextLong(86_400_000_000L);
    for (int i = 0; i < count; i++) {
      seq += random.nextInt(5) == 0 ? 1 + random.nextInt(1_000) : 1;
      if (random.nextInt(3) > 0) {
        ingested += random.nextLong(2 * gap);
      }
      if (random.nextInt(400) == 0) {
        ingested += random.nextLong(8 * spanMicros);
      }
      if (joined.isPresent() && random.nextInt(5) == 0) {
        joined.get().events().add(lookedUp(joined.get(), micros(ingested), seq++, ingested));
      }
      events.add(event(ownFields, micros(ingested), seq, ingested));
    }
  }

  private long micros(long ingested) {
    long micros =
        switch (random.nextInt(10)) {
          case 0 -> ingested - random.nextLong(2 * spanMicros);
          case 1 -> ingested - random.nextLong(spanMicros / 4 + 1);
          case 2 -> ingested + random.nextLong(spanMicros / 4 + 1);
          case 3, 4 ->
              events.isEmpty()
                  ? ingested
                  : events
                      .get(events.size() - 1 - random.nextInt(Math.min(20, events.size())))
                      .micros();
          case 5 -> ingested - ingested % Math.max(1, spanMicros / 16);
          default -> ingested;
        };
    return Math.floorDiv(Math.max(0, micros), ticksMicros) * ticksMicros;
  }

  private Event event(int ownFields, long micros, long seq, long ingested) {
    int key = key();
    List<@Nullable Object> values = new ArrayList<>();
    values.add(micros / ticksMicros);
    values.addAll(keys.get(key));
    for (Field field : fields.subList(values.size(), ownFields)) {
      values.add(field.maker().apply(random));
    }
    return new Event(
        micros,
        seq,
        ingested,
        key,
        joined.map(one -> one.joined(values, seq, ingested)).orElse(values));
  }

  /// An event of the lookup view, mostly of a key that was there.
  private Event lookedUp(Joined of, long micros, long seq, long ingested) {
    Object key =
        events.isEmpty() || random.nextInt(8) == 0
            ? null
            : events.get(random.nextInt(events.size())).values().get(of.on());
    while (key == null) {
      key = of.fields().get(1).maker().apply(random);
    }
    List<@Nullable Object> values = new ArrayList<>(List.of(micros / ticksMicros, key));
    for (Field field : of.fields().subList(2, of.fields().size())) {
      values.add(field.maker().apply(random));
    }
    return new Event(micros, seq, ingested, 0, values);
  }

  private List<Read> reads(OptionalLong ttl) {
    List<Read> reads = new ArrayList<>();
    int count = Math.min(READS_MAX, 2 * events.size() + 4);
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(3) == 0 ? events.size() - 1 : random.nextInt(events.size());
      Event seen = events.get(at);
      int key = random.nextInt(3) == 0 ? random.nextInt(keys.size()) : seen.key();
      reads.add(new Read(seen.seq(), key, readMicros(at, ttl)));
    }
    reads.sort(Comparator.comparingLong(Read::seenSeq));
    return reads;
  }

  /// Often at the very edge of a window.
  private long readMicros(int at, OptionalLong ttl) {
    long now = events.get(at).ingestedMicros();
    long of = events.get(random.nextInt(at + 1)).micros();
    long span = frames.isEmpty() ? 0 : frames.get(random.nextInt(frames.size())).spanMicros();
    long micros =
        switch (random.nextInt(8)) {
          case 0 -> now - random.nextLong(asOfMicros + 1);
          case 1 -> now - random.nextLong(2 * (asOfMicros + spanMicros));
          case 2 -> now + random.nextLong(2 * spanMicros);
          case 3 -> of + span + random.nextInt(-1, 2);
          case 4 -> events.get(at).micros() + random.nextInt(-1, 2);
          case 5 -> events.get(at).micros() + span + random.nextInt(-1, 2);
          case 6 -> of + ttl.orElse(0) + random.nextInt(-1, 2);
          default -> now;
        };
    return Math.max(1, micros);
  }
}
