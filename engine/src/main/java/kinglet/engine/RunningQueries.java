// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The statements in flight, by query id, and how they are cancelled.
///
/// libchdb gives a statement an id of its own that nobody can choose, so each carries a comment in
/// front by which `KILL QUERY` finds it. The killing runs on one platform thread with a session of
/// its own.
final class RunningQueries {
  private static final long AGAIN_MILLIS = 100;
  private static final int ATTEMPTS_MAX = 600;

  private final Map<String, QueryJob> byId = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final String salt;
  private final Session session;
  private final ScheduledExecutorService killer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("killer").daemon(true).factory());

  /// @param salt unguessable, so that no text can pretend to be another statement
  RunningQueries(Session session, String salt) {
    this.session = session;
    this.salt = salt;
  }

  String nextTag() {
    return "/*" + salt + "-" + numbers.incrementAndGet() + "*/ ";
  }

  /// Registers; a query id that is in flight already is refused.
  void add(QueryJob job) {
    if (byId.putIfAbsent(job.queryId(), job) != null) {
      throw EngineFailure.of(
          216,
          "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
          "Query with id = " + job.queryId() + " is already running.");
    }
  }

  void remove(QueryJob job) {
    boolean unused = byId.remove(job.queryId(), job);
  }

  int size() {
    return byId.size();
  }

  /// Cancels by query id; whether there was one.
  boolean cancel(String queryId) {
    QueryJob job = byId.get(queryId);
    if (job == null) {
      return false;
    }
    cancel(job);
    return true;
  }

  void cancel(QueryJob job) {
    job.cancel();
    killer.execute(() -> kill(job, ATTEMPTS_MAX));
  }

  void cancelAll() {
    byId.values().forEach(this::cancel);
  }

  /// Kills, and again until the statement is over: it may not have begun yet.
  private void kill(QueryJob job, int attempts) {
    if (job.outcome().isDone() || attempts == 0) {
      return;
    }
    try {
      Session.Result unused =
          session.run(
              "KILL QUERY WHERE startsWith(query, '" + job.tag().strip() + "') ASYNC",
              "TabSeparated",
              Map.of());
    } catch (EngineFailure e) {
      System.Logger log = System.getLogger(RunningQueries.class.getName());
      log.log(System.Logger.Level.WARNING, "KILL QUERY failed: " + e.getMessage());
    }
    killer.schedule(() -> kill(job, attempts - 1), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  void close() throws InterruptedException {
    killer.shutdownNow();
    if (killer.awaitTermination(5, TimeUnit.SECONDS)) {
      session.close();
    }
  }
}
