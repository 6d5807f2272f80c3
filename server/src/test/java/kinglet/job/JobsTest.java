// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobsTest {
  private static final String WORKSPACE = "w";
  private static final JobSpec.Resource SOURCE = new JobSpec.Resource("t_1", "events");

  @TempDir Path folder;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InstantSource clock = now::get;
  private final Metrics metrics = new Metrics();
  private Database database;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("catalogue.sqlite"));
    database.write(
        handle -> handle.execute("INSERT INTO workspace VALUES (?, 'w', 'w', 0)", WORKSPACE));
  }

  @AfterEach
  void close() {
    database.close();
    metrics.close();
  }

  private Jobs jobs(int workingMax, int waitingMax) {
    return new Jobs(
        database, clock, new JobLimits(workingMax, waitingMax, Duration.ofDays(3)), metrics);
  }

  private static JobSpec spec(String... arguments) {
    return JobSpec.on(
        WORKSPACE,
        JobKind.IMPORT,
        SOURCE,
        arguments.length == 0 ? Map.of() : Map.of(arguments[0], arguments[1]));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns when every job submitted before has ended; needs a single worker.
  private static void drain(Jobs jobs) {
    CountDownLatch reached = new CountDownLatch(1);
    Job _ = jobs.submit(spec(), _ -> reached.countDown());
    await(reached);
  }

  @Test
  void workTellsHowFarItIsAndEndsDone() {
    try (Jobs jobs = jobs(1, 10)) {
      jobs.start();
      Job job =
          jobs.submit(
              spec("mode", "append"),
              context -> {
                context.progress(0.5, 10, 1000);
                context.count("quarantine_rows", 3);
                context.remark("3 rows in quarantine");
              });
      assertThat(job.status()).isEqualTo(JobStatus.WAITING);
      drain(jobs);
      Job done = jobs.find(WORKSPACE, job.id()).orElseThrow();
      assertThat(done.status()).isEqualTo(JobStatus.DONE);
      assertThat(done.progress())
          .isEqualTo(new JobProgress(1, 10, 1000, Map.of("quarantine_rows", 3L)));
      assertThat(done.error()).contains("3 rows in quarantine");
      assertThat(done.spec().arguments()).containsEntry("mode", "append");
      assertThat(done.spec().dataSource()).contains(SOURCE);
      assertThat(done.startedAt()).contains(clock.instant());
      assertThat(jobs.find("other", job.id())).isEmpty();
    }
  }

  @Test
  void progressIsInTheLedgerOnceASecond() {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Jobs jobs = jobs(1, 10)) {
      jobs.start();
      Job job =
          jobs.submit(
              spec(),
              context -> {
                context.progress(0.1, 1, 1);
                now.set(clock.instant().plusSeconds(1));
                context.progress(0.2, 2, 2);
                context.progress(0.3, 3, 3);
                told.countDown();
                await(release);
              });
      await(told);
      assertThat(jobs.find(WORKSPACE, job.id()).orElseThrow().progress().rows()).isEqualTo(3);
      assertThat(new JobLedger(database).find(WORKSPACE, job.id()).orElseThrow().progress().rows())
          .isEqualTo(2);
      release.countDown();
      drain(jobs);
    }
  }

  @Test
  void failuresSayWhatTheCallerMaySee() {
    try (Jobs jobs = jobs(1, 10)) {
      jobs.start();
      Job refused =
          jobs.submit(
              spec(),
              _ -> {
                throw new PlatformException(JobError.TOO_MANY_JOBS, "the file is broken");
              });
      Job broken =
          jobs.submit(
              spec(),
              _ -> {
                throw new IllegalStateException("inside");
              });
      drain(jobs);
      assertThat(jobs.find(WORKSPACE, refused.id()).orElseThrow().error())
          .contains("the file is broken");
      Job internal = jobs.find(WORKSPACE, broken.id()).orElseThrow();
      assertThat(internal.status()).isEqualTo(JobStatus.ERROR);
      assertThat(internal.error().orElseThrow()).doesNotContain("inside");
    }
  }

  @Test
  void aFullQueueRefuses() {
    try (Jobs jobs = jobs(1, 2)) {
      Job first = jobs.submit(spec(), _ -> {});
      Job _ = jobs.submit(spec(), _ -> {});
      assertThatThrownBy(() -> jobs.submit(spec(), _ -> {}))
          .isInstanceOfSatisfying(
              PlatformException.class, e -> assertThat(e.code()).isEqualTo(JobError.TOO_MANY_JOBS));
      assertThat(jobs.cancel(WORKSPACE, first.id()).status()).isEqualTo(JobStatus.CANCELLED);
      Job _ = jobs.submit(spec(), _ -> {});
      assertThatThrownBy(() -> jobs.cancel(WORKSPACE, first.id()))
          .hasMessageContaining("has ended: its status is cancelled");
    }
  }

  @Test
  void workIsToldWhenItIsCancelledBeforeItBegins() {
    AtomicInteger abandoned = new AtomicInteger();
    JobWork work =
        new JobWork() {
          @Override
          public void run(JobContext context) {}

          @Override
          public void abandoned() {
            abandoned.incrementAndGet();
          }
        };
    try (Jobs jobs = jobs(1, 10)) {
      Job job = jobs.submit("chosen", spec(), work);
      assertThat(job.id()).isEqualTo("chosen");
      Job _ = jobs.cancel(WORKSPACE, job.id());
      assertThat(abandoned).hasValue(1);
      jobs.start();
      Job _ = jobs.submit(spec(), work);
      drain(jobs);
      assertThat(abandoned).hasValue(1);
    }
  }

  @Test
  void aWorkingJobHearsThatItIsCancelled() {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch heard = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Jobs jobs = jobs(1, 10)) {
      jobs.start();
      Job job =
          jobs.submit(
              spec(),
              context -> {
                try (JobContext.Hook _ = context.onCancel(heard::countDown)) {
                  working.countDown();
                  await(heard);
                }
                await(release);
                context.checkCancelled();
              });
      await(working);
      assertThat(jobs.cancel(WORKSPACE, job.id()).status()).isEqualTo(JobStatus.CANCELLING);
      release.countDown();
      drain(jobs);
      assertThat(jobs.find(WORKSPACE, job.id()).orElseThrow().status())
          .isEqualTo(JobStatus.CANCELLED);
    }
  }

  @Test
  void aCommittedJobIsNotCancelled() {
    CountDownLatch committed = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Jobs jobs = jobs(1, 10)) {
      jobs.start();
      Job job =
          jobs.submit(
              spec(),
              context -> {
                context.commit();
                committed.countDown();
                await(release);
              });
      await(committed);
      assertThat(jobs.find(WORKSPACE, job.id()).orElseThrow().cancellable()).isFalse();
      assertThatThrownBy(() -> jobs.cancel(WORKSPACE, job.id()))
          .hasMessageContaining("cannot be cancelled any more");
      release.countDown();
      drain(jobs);
      assertThat(jobs.find(WORKSPACE, job.id()).orElseThrow().status()).isEqualTo(JobStatus.DONE);
    }
  }

  @Test
  void afterARestartJobsGoOnOrSayWhyNot() {
    CountDownLatch working = new CountDownLatch(1);
    Job interrupted;
    Job waiting;
    try (Jobs jobs = jobs(1, 10)) {
      jobs.start();
      CountDownLatch stopped = new CountDownLatch(1);
      interrupted =
          jobs.submit(
              spec("url", "u"),
              context -> {
                try (JobContext.Hook _ = context.onCancel(stopped::countDown)) {
                  working.countDown();
                  stopped.await();
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                }
                context.checkCancelled();
              });
      waiting =
          jobs.submit(
              new JobSpec(
                  WORKSPACE,
                  JobKind.COPY,
                  Optional.empty(),
                  Optional.of(new JobSpec.Resource("t_2", "p")),
                  Map.of(),
                  true),
              _ -> {});
      await(working);
    }
    try (Jobs jobs = jobs(1, 10)) {
      AtomicReference<String> url = new AtomicReference<>("");
      jobs.resume(
          JobKind.IMPORT,
          context -> url.set(context.job().spec().arguments().getOrDefault("url", "")));
      assertThat(jobs.find(WORKSPACE, interrupted.id()).orElseThrow().status())
          .isEqualTo(JobStatus.WORKING);
      jobs.start();
      drain(jobs);
      assertThat(url).hasValue("u");
      assertThat(jobs.find(WORKSPACE, interrupted.id()).orElseThrow().status())
          .isEqualTo(JobStatus.DONE);
      Job lost = jobs.find(WORKSPACE, waiting.id()).orElseThrow();
      assertThat(lost.status()).isEqualTo(JobStatus.ERROR);
      assertThat(lost.error().orElseThrow()).contains("the server stopped before the job");
    }
  }

  @Test
  void listsAreFilteredAndOldJobsForgotten() {
    try (Jobs jobs = jobs(1, 10)) {
      jobs.start();
      Job first = jobs.submit(spec(), _ -> {});
      drain(jobs);
      now.set(clock.instant().plusSeconds(60));
      Job second =
          jobs.submit(
              spec().withPipe(new JobSpec.Resource("t_9", "pipe")),
              _ -> {
                throw new PlatformException(JobError.TOO_MANY_JOBS, "no");
              });
      drain(jobs);
      assertThat(jobs.list(WORKSPACE, JobFilter.ALL)).hasSize(4);
      assertThat(jobs.list("other", JobFilter.ALL)).isEmpty();
      JobFilter failed =
          new JobFilter(
              Optional.of(JobKind.IMPORT),
              Optional.of(JobStatus.ERROR),
              Optional.of("pipe"),
              Optional.of(clock.instant().minusSeconds(30)),
              Optional.of(clock.instant().plusSeconds(30)));
      assertThat(jobs.list(WORKSPACE, failed)).extracting(Job::id).containsExactly(second.id());
      now.set(clock.instant().plus(Duration.ofHours(49)));
      assertThat(jobs.list(WORKSPACE, JobFilter.ALL)).isEmpty();
      assertThat(jobs.find(WORKSPACE, first.id())).isPresent();
      now.set(clock.instant().plus(Duration.ofHours(49)));
      drain(jobs);
      assertThat(jobs.find(WORKSPACE, first.id())).isEmpty();
    }
  }
}
