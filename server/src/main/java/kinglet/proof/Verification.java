// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.random.RandomGeneratorFactory;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;

/// Random cases, one after the other, until enough values were compared or one differs.
public final class Verification {
  private static final int TRIES_MAX = 3;
  private static final Duration ENGINE_BACK_MAX = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final long seed;
  private final long values;
  private final ClickHouse clickHouse;
  private final Checker checker;
  private final LongConsumer listener;
  private final AtomicLong nextCase = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();
  private final AtomicReference<Optional<Difference>> found =
      new AtomicReference<>(Optional.empty());
  private final AtomicLong foundCase = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();
  private final AtomicBoolean failed = new AtomicBoolean();

  /// @param seed names the cases
  /// @param values how many values are compared at least
  /// @param clickHouse where a database `kinglet_proof` is made
  /// @param work a directory for state that is stored
  /// @param listener told how many values more were compared
  public Verification(
      long seed, long values, ClickHouse clickHouse, Path work, LongConsumer listener) {
    this.seed = seed;
    this.values = values;
    this.clickHouse = clickHouse;
    this.checker = new Checker(clickHouse, work);
    this.listener = listener;
  }

  /// What came out.
  ///
  /// @param compared how many values were what they should be
  /// @param windowed how many of them windows of ClickHouse's own gave as well
  /// @param repeated how often a case was begun again because the engine went away
  /// @param difference the first that was not, in as small a case as was found, as text
  public record Result(
      long cases, long compared, long windowed, long repeated, Optional<String> difference) {}

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
        nextCase.get(),
        compared.get(),
        checker.windowed(),
        repeated.get(),
        found.get().map(this::text));
  }

  private void work() {
    try {
      while (compared.get() < values && found.get().isEmpty() && !failed.get()) {
        checkNext();
      }
    } catch (RuntimeException e) {
      // Nobody goes on for hours before it is heard of.
      failed.set(true);
      throw e;
    }
  }

  private void checkNext() {
    long caseSeed = seed + nextCase.getAndIncrement();
    Case made = make(caseSeed);
    Optional<Difference> difference = check(made, caseSeed, EnumSet.allOf(Difference.From.class));
    if (difference.isEmpty()) {
      compared.addAndGet(made.values());
      listener.accept(made.values());
    } else if (found.compareAndSet(Optional.empty(), difference)) {
      foundCase.set(caseSeed);
    }
  }

  /// A case that the engine leaves is begun again when it is back; one that it leaves each time is
  /// a failure.
  private Optional<Difference> check(Case made, long caseSeed, Set<Difference.From> sides) {
    for (int tries = 1; ; tries++) {
      try {
        return checker.check(made, caseSeed, sides);
      } catch (RuntimeException e) {
        boolean away =
            e instanceof PlatformException known
                && known.code() == ClickHouseError.ENGINE_UNAVAILABLE;
        if (!away || tries == TRIES_MAX || !awaitEngine()) {
          throw new IllegalStateException("--seed " + caseSeed + ": " + made.sql(), e);
        }
        repeated.incrementAndGet();
      }
    }
  }

  private boolean awaitEngine() {
    long end = System.nanoTime() + ENGINE_BACK_MAX.toNanos();
    try {
      while (!clickHouse.ping()) {
        if (System.nanoTime() - end > 0) {
          return false;
        }
        boolean _ = new CountDownLatch(1).await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Case make(long caseSeed) {
    return new CaseMaker(RandomGeneratorFactory.of("L64X128MixRandom").create(caseSeed)).next();
  }

  private String text(Difference difference) {
    long caseSeed = foundCase.get();
    Difference smallest =
        new Shrinker(difference, made -> check(made, caseSeed, EnumSet.of(difference.from())))
            .shrink();
    return "--seed " + caseSeed + ": " + smallest.text();
  }
}
