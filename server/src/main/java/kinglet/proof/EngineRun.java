// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import kinglet.feature.LocalView;
import kinglet.feature.row.EventRows;
import kinglet.metrics.Metrics;
import kinglet.state.ReadStatus;
import kinglet.state.Shards;
import kinglet.state.StateError;
import kinglet.state.StateSettings;
import kinglet.type.DataType;
import kinglet.type.Schema;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// A case answered by the code that serves features, with the work cut in one of many ways.
final class EngineRun {
  private static final Duration WAIT = Duration.ofMinutes(1);
  private static final Duration NEVER = Duration.ofDays(365);
  private static final long LITTLE_MEMORY = 4_096;

  private final Case made;
  private final Cut cut;
  private final RandomGenerator random;
  private final List<Answer> answers = new ArrayList<>();
  private final Path directory;
  private Running running;

  /// How the work is cut: what must not change any value.
  ///
  /// @param shards how many threads own keys
  /// @param batchMax how many events come at once at most
  /// @param stored whether there is a store, in which entities go out of memory, checkpoints are
  ///   written and from which the view is opened again and again
  record Cut(int shards, int batchMax, boolean stored) {
    /// One event after the other, by one thread, in memory.
    static final Cut NONE = new Cut(1, 1, false);

    static Cut random(RandomGenerator random, boolean stored) {
      return new Cut(1 + random.nextInt(4), 1 + random.nextInt(1 << random.nextInt(11)), stored);
    }
  }

  private EngineRun(Case made, Cut cut, RandomGenerator random, Path directory) {
    this.made = made;
    this.cut = cut;
    this.random = random;
    this.directory = directory;
    this.running = new Running();
  }

  /// What every read gives.
  ///
  /// @param work a directory in which the run may make one of its own
  static List<Answer> answers(Case made, Cut cut, RandomGenerator random, Path work) {
    try {
      Path directory = Files.createTempDirectory(work, "run");
      try {
        EngineRun run = new EngineRun(made, cut, random, directory);
        try {
          run.run();
        } finally {
          run.running.close();
        }
        return run.answers;
      } finally {
        remove(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void run() throws InterruptedException {
    int next = 0;
    for (Read read : made.reads()) {
      while (next < made.events().size() && made.events().get(next).seq() <= read.seenSeq()) {
        int until = next + 1 + random.nextInt(cut.batchMax());
        int from = next;
        while (next < Math.min(until, made.events().size())
            && made.events().get(next).seq() <= read.seenSeq()) {
          next++;
        }
        running.feed(from, next);
        disturb(next);
      }
      answers.add(running.read(read));
    }
  }

  /// Now and then a checkpoint, or the end and a new start.
  private void disturb(int fed) throws InterruptedException {
    if (cut.stored() && random.nextInt(8) == 0) {
      running.shards.checkpoint();
    }
    if (cut.stored() && random.nextInt(30) == 0) {
      running.close();
      running = new Running();
      long restored = running.view.restoredSeq().orElse(0);
      int from = 0;
      while (from < fed && made.events().get(from).seq() <= restored) {
        from++;
      }
      // Some that the store has come again.
      running.feed(from - random.nextInt(from + 1) / 8, fed);
    }
  }

  /// One opening of the view.
  private final class Running implements AutoCloseable {
    private final Metrics metrics = new Metrics();
    private final Shards shards;
    private final Optional<LocalView> lookup;
    private final LocalView view;
    private int lookedUp;

    Running() {
      shards = open();
      lookup = made.joined().map(joined -> lookup(joined, reach(made), shards));
      view = view(made, lookup, reach(made), shards);
      long restored = lookup.map(one -> one.restoredSeq().orElse(0)).orElse(0L);
      while (isLookedUp(restored + 1)) {
        lookedUp++;
      }
    }

    /// Whether the next event of the lookup view comes before a sequence number.
    private boolean isLookedUp(long seq) {
      List<Event> events = made.joined().map(Joined::events).orElse(List.of());
      return lookedUp < events.size() && events.get(lookedUp).seq() < seq;
    }

    private Shards open() {
      if (!cut.stored()) {
        return new Shards(cut.shards(), metrics);
      }
      try {
        return Shards.open(
            new StateSettings(cut.shards(), LITTLE_MEMORY, NEVER), directory, metrics);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void feed(int from, int until) throws InterruptedException {
      int next = from;
      while (next < until) {
        lookUp(made.events().get(next).seq());
        int end = next + 1;
        while (end < until && !isLookedUp(made.events().get(end).seq())) {
          end++;
        }
        view.add(new CaseRows(made.ownFields(), made.events(), next, end));
        next = end;
      }
      if (from < until) {
        publish(view, made.events().get(until - 1).seq());
      }
    }

    private void lookUp(long seq) throws InterruptedException {
      int from = lookedUp;
      while (isLookedUp(seq)) {
        lookedUp++;
      }
      if (from < lookedUp) {
        Joined joined = made.joined().orElseThrow();
        LocalView rows = lookup.orElseThrow();
        rows.add(new CaseRows(joined.fields(), joined.events(), from, lookedUp));
        publish(rows, joined.events().get(lookedUp - 1).seq());
      }
    }

    private static void publish(LocalView view, long seq) throws InterruptedException {
      if (!view.publish(seq, WAIT)) {
        throw new IllegalStateException("events were not applied within " + WAIT);
      }
    }

    Answer read(Read read) {
      List<Object> key = made.keys().get(read.key());
      for (int i = 0; i < key.size(); i++) {
        Values.put(made.entity().get(i).type(), key.get(i), view.key(i));
      }
      ReadStatus status;
      try {
        status = view.read(read.micros());
      } catch (PlatformException e) {
        if (e.code() == StateError.AS_OF_TOO_OLD) {
          return new Answer(Answer.REFUSED, List.of());
        }
        throw e;
      }
      Schema schema = view.schema();
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = made.entityColumns(); i < schema.size(); i++) {
        values.add(Values.of(schema.column(i).type(), view.value(i)));
      }
      return new Answer(status.name(), values);
    }

    @Override
    public void close() {
      shards.close();
      metrics.close();
    }
  }

  private static Duration reach(Case made) {
    return Duration.of(made.asOfMicros(), ChronoUnit.MICROS);
  }

  private static LocalView lookup(Joined joined, Duration reach, Shards shards) {
    return LocalView.open(joined.view(), joined.schema(), reach, shards);
  }

  private static LocalView view(
      Case made, Optional<LocalView> lookup, Duration reach, Shards shards) {
    return LocalView.open(
        made.view(), made.schema(), lookup.map(List::of).orElse(List.of()), reach, shards);
  }

  /// The types of the columns of a case's view.
  static List<DataType> types(Case made) {
    try (Metrics metrics = new Metrics();
        Shards shards = new Shards(1, metrics)) {
      Optional<LocalView> lookup =
          made.joined().map(joined -> lookup(joined, Duration.ZERO, shards));
      Schema schema = view(made, lookup, Duration.ZERO, shards).schema();
      return schema.columns().stream()
          .skip(made.entityColumns())
          .map(kinglet.type.Column::type)
          .toList();
    }
  }

  /// Some events as rows of their data source.
  private static final class CaseRows implements EventRows {
    private final List<Field> fields;
    private final List<Event> events;
    private final int until;
    private int at;

    CaseRows(List<Field> fields, List<Event> events, int from, int until) {
      this.fields = fields;
      this.events = events;
      this.at = from - 1;
      this.until = until;
    }

    @Override
    public boolean next() {
      at++;
      return at < until;
    }

    @Override
    public long seq() {
      return events.get(at).seq();
    }

    @Override
    public long ingestedMicros() {
      return events.get(at).ingestedMicros();
    }

    @Override
    public void get(int column, Slot into) {
      Values.put(fields.get(column).type(), events.get(at).values().get(column), into);
    }
  }
}
