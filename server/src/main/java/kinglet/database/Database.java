// SPDX-License-Identifier: Apache-2.0
package kinglet.database;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The catalogue's database: one SQLite file, one connection, one platform thread that owns it.
///
/// Callers on any thread hand work to that thread and wait for its result. Work runs in a
/// transaction: it commits when the function returns and rolls back when it throws. Work must not
/// call the database again from inside.
public final class Database implements AutoCloseable {
  private static final int QUEUE_MAX = 1_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final ThreadPoolExecutor owner =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE_MAX),
          Threads.platformFactory("database"));
  private final Handle handle;

  private Database(SQLiteDataSource source) {
    Handle[] opened = new Handle[1];
    run(() -> {
      new Migrations(source).apply();
      Jdbi jdbi = Jdbi.create(source);
      // No statement is a template; the parser of templates would be a good part of a start.
      var _ = jdbi.getConfig(SqlStatements.class).setTemplateEngine(TemplateEngine.NOP);
      opened[0] = jdbi.open();
      return true;
    });
    handle = opened[0];
  }

  /// Opens the file, making it if there is none, and migrates it to the current form.
  public static Database open(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout((int) TIMEOUT.toMillis());
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return new Database(source);
  }

  /// Runs work that changes nothing, seeing one consistent state.
  public <T> T read(Function<Handle, T> work) {
    return transact(work);
  }

  /// Runs work that changes something; what it did is on disk when this returns.
  @CanIgnoreReturnValue
  public <T> T write(Function<Handle, T> work) {
    return transact(work);
  }

  private <T> T transact(Function<Handle, T> work) {
    return run(() -> handle.inTransaction(work::apply));
  }

  @CanIgnoreReturnValue
  private <T> T run(java.util.concurrent.Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      owner.execute(() -> complete(result, work));
    } catch (RejectedExecutionException e) {
      throw owner.isShutdown()
          ? new PlatformException(DatabaseError.DATABASE_CLOSED, "The catalogue is closed", e)
          : new PlatformException(
              DatabaseError.DATABASE_BUSY, "Too many calls wait for the catalogue", e);
    }
    try {
      return result.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new PlatformException(
          DatabaseError.DATABASE_BUSY, "The catalogue did not answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(
          DatabaseError.DATABASE_BUSY, "Interrupted while waiting for the catalogue", e);
    }
  }

  private static <T> void complete(
      CompletableFuture<T> result, java.util.concurrent.Callable<T> work) {
    try {
      result.complete(work.call());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private static RuntimeException failure(Throwable cause) {
    if (cause instanceof PlatformException known) {
      return known;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new PlatformException(
        DatabaseError.DATABASE_FAILED, "The catalogue's database failed: " + cause, cause);
  }

  /// Finishes the work that waits and closes the file.
  @Override
  public void close() {
    if (owner.isShutdown()) {
      return;
    }
    run(() -> {
      handle.close();
      return true;
    });
    owner.shutdown();
  }
}
