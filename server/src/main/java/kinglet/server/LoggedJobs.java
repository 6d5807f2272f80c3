// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.job.Job;
import kinglet.job.JobProgress;
import kinglet.job.JobSpec;
import kinglet.job.JobStatus;
import kinglet.observe.DataSourceOperation;
import kinglet.observe.JobState;
import kinglet.observe.ServiceLog;

/// Writes jobs into the service data sources, and what they did to a data source when they end.
record LoggedJobs(Catalog catalog, ServiceLog log) implements Consumer<Job> {
  @Override
  public void accept(Job job) {
    JobSpec spec = job.spec();
    Map<String, Object> metadata = new LinkedHashMap<>(spec.arguments());
    spec.dataSource().ifPresent(source -> metadata.put("datasource", source.name()));
    metadata.put("rows", job.progress().rows());
    metadata.putAll(job.progress().counts());
    log.add(
        new JobState(
            spec.workspaceId(),
            job.id(),
            spec.kind().wire(),
            spec.pipe().map(JobSpec.Resource::id).orElse(""),
            spec.pipe().map(JobSpec.Resource::name).orElse(""),
            job.createdAt(),
            job.startedAt(),
            job.updatedAt(),
            job.status().wire(),
            job.error(),
            metadata));
    if (job.status() == JobStatus.DONE || job.status() == JobStatus.ERROR) {
      spec.dataSource().flatMap(source -> operation(job, source)).ifPresent(log::add);
    }
  }

  private Optional<DataSourceOperation> operation(Job job, JobSpec.Resource source) {
    return type(job.spec())
        .map(type -> {
          DataSourceOperation operation =
              DataSourceOperation.of(
                      owner(job.spec(), source),
                      job.updatedAt(),
                      type,
                      target(owner(job.spec(), source), source),
                      job.startedAt()
                          .map(start -> Duration.between(start, job.updatedAt()).toNanos())
                          .orElse(0L))
                  .by(
                      new DataSourceOperation.Cause(
                          Optional.empty(), Optional.of(job.id()), Optional.of(job.id())))
                  .wrote(written(job.progress()))
                  .withOptions(job.spec().arguments())
                  .through(
                      job.spec().pipe().map(JobSpec.Resource::id).orElse(""),
                      job.spec().pipe().map(JobSpec.Resource::name).orElse(""));
          return job.status() == JobStatus.ERROR
              ? operation.failed(job.error().orElse(""))
              : operation.remarked(job.error());
        });
  }

  /// The workspace of the data source: a copy may have written into another one.
  private String owner(JobSpec spec, JobSpec.Resource source) {
    return Stream.concat(catalog.current(spec.workspaceId()).stream(), catalog.all().stream())
        .filter(resources -> resources.dataSource(source.id()).isPresent())
        .map(resources -> resources.workspace().id())
        .findFirst()
        .orElse(spec.workspaceId());
  }

  private DataSourceOperation.Target target(String workspaceId, JobSpec.Resource source) {
    return new DataSourceOperation.Target(
        source.id(),
        source.name(),
        catalog
            .current(workspaceId)
            .flatMap(resources -> resources.dataSource(source.id()))
            .map(DataSource::tags)
            .orElse(java.util.List.of()));
  }

  private static DataSourceOperation.Written written(JobProgress progress) {
    long quarantined = progress.counts().getOrDefault("quarantine_rows", 0L);
    long rows = progress.counts().getOrDefault("rows_affected", progress.rows() - quarantined);
    return new DataSourceOperation.Written(
        Math.max(0, rows),
        quarantined,
        progress.bytes() > 0 ? OptionalLong.of(progress.bytes()) : OptionalLong.empty());
  }

  private static Optional<DataSourceOperation.Type> type(JobSpec spec) {
    return switch (spec.kind()) {
      case IMPORT ->
          Optional.of(
              "replace".equals(spec.arguments().get("mode"))
                  ? DataSourceOperation.Type.REPLACE
                  : DataSourceOperation.Type.APPEND);
      case DELETE_DATA -> Optional.of(DataSourceOperation.Type.DELETE);
      case COPY -> Optional.of(DataSourceOperation.Type.COPY);
      case POPULATEVIEW -> Optional.of(DataSourceOperation.Type.POPULATE_VIEW);
      case DEPLOY_BRANCH,
          DATA_BRANCH,
          TRAINING_SET,
          SNAPSHOT,
          DELETE_ENTITY,
          VERIFICATION,
          MONITOR ->
          Optional.empty();
    };
  }
}
