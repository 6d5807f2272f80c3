// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import kinglet.database.Database;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Rows of the table `job`. What a method wrote is on disk when it returns.
final class JobLedger {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<LinkedHashMap<String, String>> TEXTS =
      new TypeReference<>() {};
  private static final TypeReference<LinkedHashMap<String, Long>> NUMBERS =
      new TypeReference<>() {};
  private static final String ENDED = "('DONE', 'ERROR', 'CANCELLED')";

  /// No answer lists more.
  static final int LISTED_MAX = 100;

  private final Database database;
  private volatile Consumer<Job> listener = _ -> {};

  JobLedger(Database database) {
    this.database = database;
  }

  /// Tells of every job that was written, after it was.
  void listen(Consumer<Job> heard) {
    listener = heard;
  }

  /// Adds a job and forgets those of its workspace that ended longer than `kept` ago.
  void add(Job job, Duration kept) {
    JobSpec spec = job.spec();
    database.write(handle -> {
      handle.execute(
          "DELETE FROM job WHERE workspace_id = ? AND updated_at < ? AND status IN " + ENDED,
          spec.workspaceId(),
          micros(job.createdAt().minus(kept)));
      return handle
          .createUpdate(
              """
              INSERT INTO job (id, workspace_id, kind, status, data_source_id, data_source_name,
                               pipe_id, pipe_name, arguments, cancellable, share_done, row_count,
                               byte_count, counts, error, created_at, updated_at)
              VALUES (:id, :workspace, :kind, :status, :sourceId, :sourceName, :pipeId, :pipeName,
                      :arguments, :cancellable, 0, 0, 0, '{}', '', :at, :at)
              """)
          .bind("id", job.id())
          .bind("workspace", spec.workspaceId())
          .bind("kind", spec.kind().name())
          .bind("status", job.status().name())
          .bind("sourceId", spec.dataSource().map(JobSpec.Resource::id).orElse(null))
          .bind("sourceName", spec.dataSource().map(JobSpec.Resource::name).orElse(null))
          .bind("pipeId", spec.pipe().map(JobSpec.Resource::id).orElse(null))
          .bind("pipeName", spec.pipe().map(JobSpec.Resource::name).orElse(null))
          .bind("arguments", JSON.writeValueAsString(spec.arguments()))
          .bind("cancellable", job.cancellable() ? 1 : 0)
          .bind("at", micros(job.createdAt()))
          .execute();
    });
    listener.accept(job);
  }

  /// Writes how far a job is.
  void update(Job job) {
    database.write(handle ->
        handle
            .createUpdate(
                """
                UPDATE job SET status = :status, cancellable = :cancellable, share_done = :share,
                               row_count = :rows, byte_count = :bytes, counts = :counts,
                               error = :error, started_at = :started, updated_at = :updated
                WHERE id = :id
                """)
            .bind("id", job.id())
            .bind("status", job.status().name())
            .bind("cancellable", job.cancellable() ? 1 : 0)
            .bind("share", job.progress().shareDone())
            .bind("rows", job.progress().rows())
            .bind("bytes", job.progress().bytes())
            .bind("counts", JSON.writeValueAsString(job.progress().counts()))
            .bind("error", job.error().orElse(""))
            .bind("started", job.startedAt().map(JobLedger::micros).orElse(null))
            .bind("updated", micros(job.updatedAt()))
            .execute());
    listener.accept(job);
  }

  Optional<Job> find(String workspaceId, String id) {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM job WHERE workspace_id = :workspace AND id = :id")
            .bind("workspace", workspaceId)
            .bind("id", id)
            .map((row, _) -> job(row))
            .findOne());
  }

  /// The newest that fit, newest first.
  List<Job> list(String workspaceId, JobFilter filter) {
    return database.read(handle ->
        handle
            .createQuery(
                """
                SELECT * FROM job
                WHERE workspace_id = :workspace
                  AND (:kind IS NULL OR kind = :kind)
                  AND (:status IS NULL OR status = :status)
                  AND (:pipe IS NULL OR pipe_id = :pipe OR pipe_name = :pipe)
                  AND created_at > :after AND created_at < :before
                ORDER BY created_at DESC, id LIMIT :max
                """)
            .bind("workspace", workspaceId)
            .bind("kind", filter.kind().map(JobKind::name).orElse(null))
            .bind("status", filter.status().map(JobStatus::name).orElse(null))
            .bind("pipe", filter.pipe().orElse(null))
            .bind("after", filter.createdAfter().map(JobLedger::micros).orElse(Long.MIN_VALUE))
            .bind("before", filter.createdBefore().map(JobLedger::micros).orElse(Long.MAX_VALUE))
            .bind("max", LISTED_MAX)
            .map((row, _) -> job(row))
            .list());
  }

  /// What an earlier process left, oldest first.
  List<Job> unfinished() {
    return database.read(handle ->
        handle
            .createQuery(
                "SELECT * FROM job WHERE status NOT IN " + ENDED + " ORDER BY created_at, id")
            .map((row, _) -> job(row))
            .list());
  }

  private static Job job(ResultSet row) throws SQLException {
    JobSpec spec =
        new JobSpec(
            row.getString("workspace_id"),
            JobKind.valueOf(row.getString("kind")),
            resource(row.getString("data_source_id"), row.getString("data_source_name")),
            resource(row.getString("pipe_id"), row.getString("pipe_name")),
            JSON.readValue(row.getString("arguments"), TEXTS),
            row.getInt("cancellable") != 0);
    long started = row.getLong("started_at");
    Optional<Instant> startedAt = row.wasNull() ? Optional.empty() : Optional.of(instant(started));
    return new Job(
        row.getString("id"),
        spec,
        JobStatus.valueOf(row.getString("status")),
        spec.cancellable(),
        new JobProgress(
            row.getDouble("share_done"),
            row.getLong("row_count"),
            row.getLong("byte_count"),
            JSON.readValue(row.getString("counts"), NUMBERS)),
        Optional.of(row.getString("error")).filter(text -> !text.isEmpty()),
        instant(row.getLong("created_at")),
        startedAt,
        instant(row.getLong("updated_at")));
  }

  private static Optional<JobSpec.Resource> resource(@Nullable String id, @Nullable String name) {
    return id == null || name == null
        ? Optional.empty()
        : Optional.of(new JobSpec.Resource(id, name));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
