// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import kinglet.feature.row.EventRows;
import kinglet.journal.CommittedGroup;
import kinglet.journal.EntryKind;
import kinglet.journal.StoredEntry;
import kinglet.metrics.Metrics;
import kinglet.state.Shards;
import kinglet.thread.Threads;
import org.junit.jupiter.api.Test;

/// Who brings rows waits while too much is in the queue, and what was accepted is routed.
final class RouterTest {
  private static final int PAYLOAD = 1_000;
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void rowsWaitForRoomAndNoneIsLost() throws Exception {
    try (Shards shards = new Shards(2, new Metrics());
        Router router = router(shards, 3 * PAYLOAD);
        ExecutorService callers = Threads.virtual("caller")) {
      CountDownLatch held = new CountDownLatch(1);
      CompletableFuture<Boolean> holds = hold(router, held);
      assertThat(holds.get(30, TimeUnit.SECONDS)).isTrue();
      for (long seq = 1; seq <= 3; seq++) {
        assertThat(router.awaitRoom(Duration.ZERO)).isTrue();
        router.committed(group(seq));
      }
      assertThat(router.queuedBytes()).isEqualTo(3 * PAYLOAD);
      assertThat(router.awaitRoom(Duration.ofMillis(1))).isFalse();
      List<Future<Boolean>> waiting =
          IntStream.range(0, 8)
              .mapToObj(_ -> callers.submit(() -> router.awaitRoom(SOON)))
              .toList();
      // Rows that were accepted meanwhile are taken in spite of the limit.
      router.committed(group(4));
      assertThat(router.await(4, Duration.ZERO)).isFalse();
      held.countDown();
      for (Future<Boolean> one : waiting) {
        assertThat(one.get()).isTrue();
      }
      assertThat(router.await(4, SOON)).isTrue();
      assertThat(router.queuedBytes()).isZero();
    }
  }

  private static CompletableFuture<Boolean> hold(Router router, CountDownLatch until) {
    CompletableFuture<Boolean> holds = new CompletableFuture<>();
    router.between(() -> {
      boolean unused = holds.complete(true);
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    return holds;
  }

  private static Router router(Shards shards, long queuedBytesMax) {
    return new Router(shards.feed(0), 0, queuedBytesMax, (_, _) -> EventRows.NONE, _ -> {});
  }

  private static CommittedGroup group(long seq) {
    return new CommittedGroup(
        seq,
        seq,
        seq,
        List.of(new StoredEntry(seq, seq, 1, 1, EntryKind.ROWS, 1, new byte[PAYLOAD])));
  }
}
