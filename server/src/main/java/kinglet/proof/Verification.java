// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.random.RandomGeneratorFactory;
import kinglet.clickhouse.ClickHouse;
import kinglet.thread.Threads;

/// Random cases, one after the other, until enough values were compared or one differs.
public final class Verification {
  private final long seed;
  private final long values;
  private final Checker checker;
  private final LongConsumer listener;
  private final AtomicLong nextCase = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();
  private final AtomicReference<Optional<Difference>> found =
      new AtomicReference<>(Optional.empty());
  private final AtomicLong foundCase = new AtomicLong();

  /// @param seed names the cases
  /// @param values how many values are compared at least
  /// @param clickHouse where a database `kinglet_proof` is made
  /// @param work a directory for state that is stored
  /// @param listener told how many values more were compared
  public Verification(
      long seed, long values, ClickHouse clickHouse, Path work, LongConsumer listener) {
    this.seed = seed;
    this.values = values;
    this.checker = new Checker(clickHouse, work);
    this.listener = listener;
  }

  /// What came out.
  ///
  /// @param compared how many values were what they should be
  /// @param windowed how many of them windows of ClickHouse's own gave as well
  /// @param difference the first that was not, in as small a case as was found, as text
  public record Result(long cases, long compared, long windowed, Optional<String> difference) {}

  /// Runs on so many threads.
  public Result run(int threads) {
    try (ExecutorService workers =
        Executors.newThreadPerTaskExecutor(Threads.platformFactory("proof"))) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(workers.submit(this::work));
      }
      for (Future<?> worker : running) {
        Object unused = worker.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
    return new Result(
        nextCase.get(), compared.get(), checker.windowed(), found.get().map(this::text));
  }

  private void work() {
    while (compared.get() < values && found.get().isEmpty()) {
      long number = nextCase.getAndIncrement();
      long caseSeed = seed + number;
      Case made = make(caseSeed);
      Optional<Difference> difference = check(made, caseSeed);
      if (difference.isEmpty()) {
        compared.addAndGet(made.values());
        listener.accept(made.values());
      } else if (found.compareAndSet(Optional.empty(), difference)) {
        foundCase.set(caseSeed);
      }
    }
  }

  private Optional<Difference> check(Case made, long caseSeed) {
    try {
      return checker.check(made, caseSeed);
    } catch (RuntimeException e) {
      throw new IllegalStateException("--seed " + caseSeed + ": " + made.sql(), e);
    }
  }

  private static Case make(long caseSeed) {
    return new CaseMaker(RandomGeneratorFactory.of("L64X128MixRandom").create(caseSeed)).next();
  }

  private String text(Difference difference) {
    long caseSeed = foundCase.get();
    Difference smallest =
        new Shrinker(
                difference, made -> checker.check(made, caseSeed, EnumSet.of(difference.from())))
            .shrink();
    return "--seed " + caseSeed + ": " + smallest.text();
  }
}
