// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Background work: takes it, runs it, knows what became of it. Safe from any thread.
public final class Jobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LISTED = Duration.ofHours(48);

  /// At most so many jobs are listed.
  public static final int LISTED_MAX = JobLedger.LISTED_MAX;

  private final JobLedger ledger;
  private final InstantSource clock;
  private final JobLimits limits;

  /// What an earlier process left undone.
  private final List<Job> unfinished;

  private final Map<JobKind, JobWork> resumptions = new EnumMap<>(JobKind.class);
  private final BlockingQueue<JobContext> waiting = new LinkedBlockingQueue<>();
  private final List<Thread> workers = new ArrayList<>();
  private final Object lock = new Object();

  /// Jobs that have not ended, by id.
  @GuardedBy("lock")
  private final Map<String, JobContext> live = new LinkedHashMap<>();

  private volatile boolean stopping;

  public Jobs(Database database, InstantSource clock, JobLimits limits, Metrics metrics) {
    this.ledger = new JobLedger(database);
    this.clock = clock;
    this.limits = limits;
    this.unfinished = ledger.unfinished();
    metrics.gauge("jobs.waiting", waiting::size);
    metrics.gauge("jobs.live", this::liveCount);
  }

  /// Says how the jobs of a kind go on after a restart; to be said before [#start].
  ///
  /// @param resumption the rest of an unfinished job's work, or why it cannot go on
  public void resume(JobKind kind, JobWork resumption) {
    resumptions.put(kind, resumption);
  }

  /// Tells `heard` of every change of a job, once it is in the ledger; it must not wait.
  public void listen(Consumer<Job> heard) {
    ledger.listen(heard);
  }

  /// The identifiers of jobs of a kind that an earlier process left undone.
  public Set<String> unfinished(JobKind kind) {
    return unfinished.stream()
        .filter(job -> job.spec().kind() == kind)
        .map(Job::id)
        .collect(Collectors.toSet());
  }

  /// Takes up what an earlier process left undone, and lets the work begin.
  public void start() {
    for (Job job : unfinished) {
      JobWork work = resumptions.getOrDefault(job.spec().kind(), Jobs::refuseToGoOn);
      JobContext context = new JobContext(ledger, clock, job, work);
      synchronized (lock) {
        live.put(job.id(), context);
      }
      waiting.add(context);
    }
    for (int number = 0; number < limits.workingMax(); number++) {
      workers.add(Threads.platform("job-" + number, this::work));
    }
  }

  private static void refuseToGoOn(JobContext context) {
    context.checkCancelled();
    throw new PlatformException(
        JobError.JOB_INTERRUPTED,
        "the server stopped before the job had ended, and a job of this kind does not go on"
            + " after a restart: start it again");
  }

  /// An identifier for a job that is to be submitted.
  public static String newId() {
    return UUID.randomUUID().toString();
  }

  /// Puts a job into the ledger and the queue.
  public Job submit(JobSpec spec, JobWork work) {
    return submit(newId(), spec, work);
  }

  /// The same for a job that was announced.
  public Job submit(String id, JobSpec spec, JobWork work) {
    Instant now = clock.instant();
    Job job =
        new Job(
            id,
            spec,
            JobStatus.WAITING,
            true,
            JobProgress.NONE,
            Optional.empty(),
            now,
            Optional.empty(),
            now);
    JobContext context = new JobContext(ledger, clock, job, work);
    synchronized (lock) {
      if (waiting.size() >= limits.waitingMax()) {
        throw new PlatformException(
            JobError.TOO_MANY_JOBS,
            limits.waitingMax()
                + " jobs are waiting, as many as may; try again when one has ended");
      }
      ledger.add(job, limits.kept());
      live.put(job.id(), context);
      waiting.add(context);
    }
    return job;
  }

  public Optional<Job> find(String workspaceId, String id) {
    JobContext context = live(id);
    return context == null
        ? ledger.find(workspaceId, id)
        : Optional.of(context.job()).filter(job -> job.spec().workspaceId().equals(workspaceId));
  }

  /// The newest jobs of the last two days, newest first.
  public List<Job> list(String workspaceId, JobFilter filter) {
    return ledger.list(workspaceId, filter.notBefore(listedSince()));
  }

  /// Older jobs are not listed.
  public Instant listedSince() {
    return clock.instant().minus(LISTED);
  }

  /// Ends a job that waits, or asks one that works to end.
  public Job cancel(String workspaceId, String id) {
    Job job =
        find(workspaceId, id)
            .orElseThrow(
                () -> new PlatformException(JobError.UNKNOWN_JOB, "there is no job " + id));
    JobContext context = live(id);
    if (context == null || !context.cancel()) {
      throw new PlatformException(
          JobError.JOB_NOT_CANCELLABLE,
          "the job "
              + id
              + (context == null || context.job().status().ended()
                  ? " has ended: its status is " + job.status().wire()
                  : " cannot be cancelled any more"));
    }
    if (waiting.remove(context)) {
      forget(context);
      context.abandon();
    }
    return context.job();
  }

  private @Nullable JobContext live(String id) {
    synchronized (lock) {
      return live.get(id);
    }
  }

  private int liveCount() {
    synchronized (lock) {
      return live.size();
    }
  }

  private void forget(JobContext context) {
    synchronized (lock) {
      live.remove(context.job().id());
    }
  }

  private void work() {
    try {
      while (!stopping) {
        JobContext context = waiting.take();
        try {
          context.run();
        } catch (RuntimeException e) {
          // The ledger could not be written: the next start decides.
          LOG.atError().setCause(e).addKeyValue("job", context.job().id()).log("job is left");
        } finally {
          forget(context);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Tells the work that runs to end; it is taken up at the next start.
  @Override
  public void close() {
    stopping = true;
    List<JobContext> running;
    synchronized (lock) {
      running = List.copyOf(live.values());
    }
    running.forEach(JobContext::stop);
    workers.forEach(Thread::interrupt);
    try {
      for (Thread worker : workers) {
        if (!worker.join(STOP_TIMEOUT)) {
          LOG.atWarn().addKeyValue("thread", worker.getName()).log("a job does not end");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
