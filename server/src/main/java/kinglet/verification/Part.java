// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import kinglet.journal.CrashPoints;
import kinglet.thread.Workers;
import kinglet.verification.VerificationStore.Begun;

/// A view, or what a service computes, in the verification of a job: its shares are compared side
/// by side, each once, whatever interrupts the job. Belongs to the thread of the job.
final class Part {
  private final VerificationStore store;
  private final Semaphore working;
  private final String jobId;
  private final String name;

  /// @param working what the shares of all jobs take while they are compared
  /// @param name of the view or the service, with its version
  Part(VerificationStore store, Semaphore working, String jobId, String name) {
    this.store = store;
    this.working = working;
    this.jobId = jobId;
    this.name = name;
  }

  /// What an earlier process, or one with an engine that was lost, began with.
  Optional<Begun> begun() {
    return store.find(jobId, name);
  }

  /// Compares one share.
  @FunctionalInterface
  interface Share {
    /// @param turn is called for each read that is compared, and may end it by throwing
    Tally compare(int share, int shares, Runnable turn);
  }

  /// Compares what is not compared yet.
  ///
  /// @param shares in how many shares; the same for the same reads and history
  /// @param slots what a share takes of what all jobs may
  /// @param progress hears how many reads are compared
  Tally run(
      long throughSeq,
      long startMicros,
      IntSupplier shares,
      int slots,
      LongConsumer progress,
      Share work) {
    int count =
        begun()
            .orElseGet(() -> {
              Begun now = new Begun(throughSeq, startMicros, shares.getAsInt(), Optional.empty());
              store.add(jobId, name, now);
              return now;
            })
            .shares();
    Map<Integer, String> done = store.shares(jobId, name);
    AtomicLong reads = new AtomicLong(sum(done).reads());
    Workers.run(
        "verification",
        IntStream.range(0, count).filter(share -> !done.containsKey(share)).boxed().toList(),
        share -> {
          working.acquireUninterruptibly(slots);
          try {
            Tally tally =
                work.compare(share, count, () -> progress.accept(reads.incrementAndGet()));
            store.addShare(jobId, name, share, tally.json());
          } finally {
            working.release(slots);
          }
          CrashPoints.reach("verification.share");
        });
    return sum(store.shares(jobId, name));
  }

  private static Tally sum(Map<Integer, String> shares) {
    Tally whole = new Tally();
    new TreeMap<>(shares).values().forEach(json -> whole.add(Tally.read(json)));
    return whole;
  }

  /// Takes in that the result is handed on.
  void report(Tally tally) {
    store.setTally(jobId, name, tally.json());
  }
}
