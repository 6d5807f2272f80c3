// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import kinglet.testkit.Seed;
import kinglet.testkit.TestEngine;
import kinglet.type.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random views over random events: every value is what a recomputation from all events and what
/// ClickHouse give, and the same bits however the work is cut.
///
/// `-Dproof.values=` says how many values, `-Dtest.seed=` which; `./kinglet verify-engine` does the
/// same for longer.
final class VerificationIT {
  private static final long VALUES = Long.getLong("proof.values", 1_000_000);

  @Test
  void everyValueIsWhatItsDefinitionSays(@TempDir Path work) {
    Seed seed = Seed.next();
    Verification verification =
        new Verification(seed.value(), VALUES, TestEngine.shared().client(), work, _ -> {});
    Verification.Result result = verification.run(2);
    assertThat(result.difference().orElse("none")).as("%s", seed).isEqualTo("none");
    assertThat(result.compared()).as("%s", seed).isGreaterThanOrEqualTo(VALUES);
    assertThat(result.windowed())
        .as("%s %d", seed, result.windowed())
        .isGreaterThanOrEqualTo(VALUES / 1_000_000 * 50_000);
  }

  /// What an engine that is killed was asked is asked again when it is back.
  @Test
  void anEngineMayGoAway(@TempDir Path work) {
    try (TestEngine engine = TestEngine.start()) {
      AtomicBoolean killed = new AtomicBoolean();
      Verification.Result result =
          new Verification(
                  1,
                  20_000,
                  engine.client(),
                  work,
                  _ -> {
                    if (killed.compareAndSet(false, true)) {
                      ProcessHandle process =
                          ProcessHandle.of(engine.supervisor().pid()).orElseThrow();
                      assertThat(process.destroyForcibly()).isTrue();
                      ProcessHandle _ = process.onExit().join();
                    }
                  })
              .run(1);
      assertThat(result.difference()).isEmpty();
      assertThat(result.compared()).isGreaterThanOrEqualTo(20_000);
      assertThat(result.repeated()).isPositive();
    }
  }

  /// Cases join lookup views, and find rows there and do not.
  @Test
  void casesLookUp() {
    List<Object> looked =
        LongStream.range(0, 40)
            .mapToObj(VerificationIT::made)
            .filter(made -> made.joined().isPresent())
            .flatMap(made -> made.events().stream())
            .map(event -> event.values().getLast() == null)
            .<Object>map(missing -> missing)
            .toList();
    assertThat(looked).hasSizeGreaterThan(1_000).contains(true, false);
  }

  private static Case made(long seed) {
    return new CaseMaker(RandomGeneratorFactory.of("L64X128MixRandom").create(seed)).next();
  }

  /// A model that says something else is heard, and the case that shows it is small.
  @Test
  void aWrongExpectationIsADifference(@TempDir Path work) {
    for (Difference.From wrong : EnumSet.complementOf(EnumSet.of(Difference.From.OTHER_CUT))) {
      Measure count = Measure.of("count", "", List.of(), in -> wrongAt(wrong, in));
      Measure measure =
          switch (wrong) {
            case CLICK_HOUSE ->
                count.oracle((inside, over) -> "countIf(" + inside + " AND f1 != 7)" + over);
            case WINDOWS ->
                count.oracle((inside, over) ->
                    "countIf(" + inside + (over.isEmpty() ? ")" : " AND f1 != 7)" + over));
            case TYPES ->
                count.oracle((inside, over) -> "toInt8(countIf(" + inside + ")" + over + ")");
            default -> count;
          };
      Case made = sevens(measure);
      Checker checker = new Checker(TestEngine.shared().client(), work);
      Difference found = checker.check(made, 1).orElseThrow();
      assertThat(found.from()).isEqualTo(wrong);
      Difference small =
          new Shrinker(found, less -> checker.check(less, 1, EnumSet.of(wrong))).shrink();
      assertThat(small.made().events()).as("%s", wrong).hasSizeLessThanOrEqualTo(1);
      assertThat(small.made().reads()).hasSize(1);
      assertThat(small.text()).contains("count() OVER w0", "by " + text(wrong));
    }
  }

  private static String text(Difference.From wrong) {
    return switch (wrong) {
      case MODEL -> "the recomputation from all events";
      case CLICK_HOUSE -> "ClickHouse over the stored rows";
      case WINDOWS -> "ClickHouse's own windows";
      case OTHER_CUT -> "the same events";
      case TYPES -> "the type that ClickHouse gives";
    };
  }

  private static Expected wrongAt(Difference.From wrong, Measure.Inputs in) {
    boolean less =
        wrong == Difference.From.MODEL && in.events().stream().anyMatch(VerificationIT::isSeven);
    return Expected.exact((long) in.events().size() - (less ? 1 : 0));
  }

  private static boolean isSeven(Event event) {
    return Long.valueOf(7).equals(event.values().get(2));
  }

  /// A hundred events, one of which has a 7.
  private static Case sevens(Measure measure) {
    List<Field> fields =
        List.of(
            new Field("ts", DataType.parse("DateTime64(6, 'UTC')"), false, _ -> 0L),
            new Field("k0", DataType.parse("String"), false, _ -> ""),
            new Field("f1", DataType.parse("Int32"), false, _ -> 0L));
    List<Event> events =
        LongStream.rangeClosed(1, 100)
            .mapToObj(i ->
                new Event(1_000 * i, i, 1_000 * i, 0, List.of(1_000 * i, "a", i == 70 ? 7L : 0L)))
            .toList();
    return new Case(
        fields,
        1,
        List.of(List.of("a")),
        Optional.empty(),
        List.of(new Frame.Range(1_000_000, false)),
        List.of(Feature.plain(new Feature.Use(measure, 0))),
        List.of(),
        OptionalLong.empty(),
        0,
        events,
        List.of(new Read(30, 0, 50_000), new Read(100, 0, 100_000)),
        Optional.empty());
  }
}
