// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import kinglet.error.ErrorKind;
import kinglet.error.PlatformException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One job under way: what its work tells, and what others ask of it.
///
/// The work calls the public methods from its own thread. One lock guards the state; it is held
/// while the state is written to the ledger, so that the ledger never goes back.
public final class JobContext {
  private static final Logger LOG = LoggerFactory.getLogger(JobContext.class);

  /// Progress is written no more often.
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(1);

  private final JobLedger ledger;
  private final InstantSource clock;
  private final JobWork work;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private Job job;

  @GuardedBy("lock")
  private boolean cancelled;

  @GuardedBy("lock")
  private boolean stopping;

  @GuardedBy("lock")
  private final List<Runnable> hooks = new ArrayList<>();

  JobContext(JobLedger ledger, InstantSource clock, Job job, JobWork work) {
    this.ledger = ledger;
    this.clock = clock;
    this.job = job;
    this.work = work;
    this.cancelled = job.status() == JobStatus.CANCELLING;
  }

  /// A call that ends what runs, for as long as this is open.
  public interface Hook extends AutoCloseable {
    @Override
    void close();
  }

  public Job job() {
    synchronized (lock) {
      return job;
    }
  }

  /// Says how far the work is.
  public void progress(double shareDone, long rows, long bytes) {
    synchronized (lock) {
      JobProgress now =
          new JobProgress(Math.clamp(shareDone, 0, 1), rows, bytes, job.progress().counts());
      Instant at = clock.instant();
      boolean due = !at.isBefore(job.updatedAt().plus(PROGRESS_INTERVAL));
      job = job.withProgress(now, due ? at : job.updatedAt());
      if (due) {
        ledger.update(job);
      }
    }
  }

  /// Says what the work counted besides rows and bytes.
  public void count(String name, long value) {
    synchronized (lock) {
      job = job.withProgress(job.progress().withCount(name, value), job.updatedAt());
    }
  }

  /// Says what is wrong with what is done, although it is done.
  public void remark(String error) {
    synchronized (lock) {
      job = job.withError(error);
    }
  }

  /// Ends the work when it was cancelled or the server stops.
  public void checkCancelled() {
    synchronized (lock) {
      if (cancelled || stopping) {
        throw new JobEnd(cancelled);
      }
    }
  }

  /// Ends the work when the server stops.
  public void checkStopping() {
    synchronized (lock) {
      if (stopping) {
        throw new JobEnd(false);
      }
    }
  }

  /// From here on the work is not to be cancelled; ends it when it was.
  public void commit() {
    synchronized (lock) {
      checkCancelled();
      change(job.status(), false);
    }
  }

  /// Calls `stop` from another thread when the job is cancelled or the server stops meanwhile.
  public Hook onCancel(Runnable stop) {
    synchronized (lock) {
      checkCancelled();
      hooks.add(stop);
    }
    return () -> {
      synchronized (lock) {
        hooks.remove(stop);
      }
    };
  }

  /// Asks the work to end; false when it is too late.
  boolean cancel() {
    List<Runnable> calls;
    synchronized (lock) {
      switch (job.status()) {
        case WAITING -> {
          change(JobStatus.CANCELLED, false);
          return true;
        }
        case CANCELLING -> {
          return true;
        }
        case DONE, ERROR, CANCELLED -> {
          return false;
        }
        case WORKING -> {
          if (!job.cancellable()) {
            return false;
          }
        }
      }
      cancelled = true;
      change(JobStatus.CANCELLING, false);
      calls = List.copyOf(hooks);
    }
    calls.forEach(Runnable::run);
    return true;
  }

  /// Tells the work that it was cancelled before it began.
  void abandon() {
    work.abandoned();
  }

  /// Tells the work that the server stops: it is taken up again at the next start.
  void stop() {
    List<Runnable> calls;
    synchronized (lock) {
      stopping = true;
      calls = List.copyOf(hooks);
    }
    calls.forEach(Runnable::run);
  }

  /// Does the work, and writes down how it ended.
  void run() {
    synchronized (lock) {
      if (stopping || job.status().ended()) {
        return;
      }
      job = job.begun(cancelled ? JobStatus.CANCELLING : JobStatus.WORKING, clock.instant());
      ledger.update(job);
    }
    try {
      work.run(this);
      synchronized (lock) {
        job = job.withProgress(job.progress().whole(), job.updatedAt());
        change(JobStatus.DONE, false);
      }
    } catch (JobEnd e) {
      if (e.cancelled()) {
        synchronized (lock) {
          change(JobStatus.CANCELLED, false);
        }
      }
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /// A statement that a cancel or a stop broke off has not failed.
  private void failed(RuntimeException failure) {
    synchronized (lock) {
      if (stopping) {
        return;
      }
      if (cancelled) {
        change(JobStatus.CANCELLED, false);
        return;
      }
      if (failure instanceof PlatformException known && known.kind() != ErrorKind.INTERNAL) {
        job = job.withError(known.text());
      } else {
        job = job.withError("an internal error; the server's log says more under the job's id");
        LOG.atError().setCause(failure).addKeyValue("job", job.id()).log("job failed");
      }
      change(JobStatus.ERROR, false);
    }
  }

  @GuardedBy("lock")
  private void change(JobStatus status, boolean cancellable) {
    job = job.withStatus(status, cancellable, clock.instant());
    ledger.update(job);
  }
}
