// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.PipeKind.CopyMode;
import kinglet.catalog.Resources;
import kinglet.catalog.replacement.Exchanges;
import kinglet.error.PlatformException;
import kinglet.ingest.FileImport;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobError;
import kinglet.job.JobFilter;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.query.AnswerFormat;
import kinglet.query.QueryAnswer;
import kinglet.thread.Threads;
import kinglet.type.Column;
import kinglet.type.DataType;
import tools.jackson.databind.JsonNode;

/// Writes what a query gives into a data source: into a file first, then like any imported file.
public final class CopyJob {
  /// Of the whole work, what reading is said to be.
  private static final double READING = 0.5;

  private static final DataType TEXT = new DataType.StringType();

  private final Catalog catalog;
  private final FileImport imports;
  private final ImportJob importJob;
  private final Replacing replacing;
  private final Jobs jobs;

  /// Queries of copies at once; the other connections of readers are for callers who wait.
  private final Semaphore readers;

  public CopyJob(
      Catalog catalog,
      FileImport imports,
      ImportJob importJob,
      Replacing replacing,
      Jobs jobs,
      int readersMax) {
    this.catalog = catalog;
    this.imports = imports;
    this.importJob = importJob;
    this.replacing = replacing;
    this.jobs = jobs;
    this.readers = new Semaphore(readersMax);
  }

  /// The query of a copy.
  @FunctionalInterface
  interface Rows {
    /// @param select what of the rows, such as `SELECT *`
    /// @param rest what may follow them, such as a LIMIT
    QueryAnswer read(String select, String rest, AnswerFormat format);
  }

  /// Lets a job copy; while a job of the same pipe has not ended, there is no other.
  synchronized Job submit(
      String workspaceId,
      Optional<JobSpec.Resource> pipe,
      DataSource target,
      CopyMode mode,
      Map<String, String> arguments,
      Rows rows) {
    pipe.flatMap(one -> live(workspaceId, one.id()).stream().findFirst())
        .ifPresent(job -> {
          throw new PlatformException(
              HttpError.COPY_RUNNING,
              "the copy "
                  + job.spec().pipe().map(JobSpec.Resource::name).orElse("")
                  + " is under way already: its job is "
                  + job.id());
        });
    JobSpec spec =
        JobSpec.on(
            workspaceId,
            JobKind.COPY,
            new JobSpec.Resource(target.publicId(), target.name()),
            arguments);
    return jobs.submit(
        pipe.map(spec::withPipe).orElse(spec), context -> run(context, target, mode, rows));
  }

  /// The jobs of a copy that have not ended.
  List<Job> live(String workspaceId, String pipeId) {
    JobFilter filter =
        new JobFilter(
            Optional.of(JobKind.COPY),
            Optional.empty(),
            Optional.of(pipeId),
            Optional.empty(),
            Optional.empty());
    return jobs.list(workspaceId, filter).stream().filter(job -> !job.status().ended()).toList();
  }

  /// Ends a copy that a restart interrupted: its rows are there, all or none.
  public void resume(JobContext context) {
    Job job = context.job();
    boolean whole =
        CopyMode.REPLACE.name().equalsIgnoreCase(job.spec().arguments().get("mode"))
            ? replacing.ending(job.id()) == Exchanges.Ending.FINISHED
            : imports.hasBegun(job.id());
    if (!whole) {
      throw new PlatformException(
          JobError.JOB_INTERRUPTED,
          "the server stopped before the rows were whole: none was copied; start it again");
    }
    imports.forget(job.id());
  }

  private void run(JobContext context, DataSource into, CopyMode mode, Rows rows) {
    Job job = context.job();
    Resources resources =
        catalog
            .current(into.workspaceId())
            .orElseThrow(() -> DataSourceRoutes.unknown(into.name()));
    DataSource target =
        resources.dataSource(into.id()).orElseThrow(() -> DataSourceRoutes.unknown(into.name()));
    try {
      read(context, rows);
      context.commit();
    } catch (RuntimeException e) {
      imports.files().remove(job.id());
      throw e;
    }
    try {
      ImportOutcome outcome =
          mode == CopyMode.APPEND
              ? written(context, target)
              : replacing.run(
                  resources,
                  job.id(),
                  target,
                  new Replacing.Wanted(Optional.empty(), true, false),
                  staged -> written(context, staged));
      context.count("quarantine_rows", outcome.quarantinedRows());
      outcome.error().ifPresent(context::remark);
      imports.forget(job.id());
    } catch (IOException e) {
      throw new PlatformException(
          HttpError.INTERNAL_ERROR, "the rows of a copy could not be kept", e);
    }
  }

  private ImportOutcome written(JobContext context, DataSource target) {
    return importJob.stored(context, target, imports.byName(target, context.job().id()), READING);
  }

  /// Keeps the rows of the query in a file. A thread of its own waits for ClickHouse, so that a
  /// cancelled job need not.
  private void read(JobContext context, Rows rows) {
    FutureTask<Path> reading =
        new FutureTask<>(() -> {
          readers.acquire();
          try {
            return kept(context, rows);
          } finally {
            readers.release();
          }
        });
    Thread _ = Threads.platform("copy-" + context.job().id(), reading);
    try (JobContext.Hook _ = context.onCancel(() -> reading.cancel(true))) {
      Path _ = reading.get();
    } catch (CancellationException | InterruptedException e) {
      boolean _ = reading.cancel(true);
      context.checkCancelled();
      throw new IllegalStateException("a copy was interrupted", e);
    } catch (ExecutionException e) {
      context.checkCancelled();
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new PlatformException(
              HttpError.INTERNAL_ERROR, "the rows of a copy could not be kept", e);
    }
  }

  private Path kept(JobContext context, Rows rows) throws IOException {
    String select = selection(columns(rows));
    try (QueryAnswer answer = rows.read(select, "", AnswerFormat.PARQUET);
        InputStream body = answer.body()) {
      return imports.files().keep(context.job().id(), body, bytes -> context.progress(0, 0, bytes));
    }
  }

  private static List<Column> columns(Rows rows) throws IOException {
    List<Column> columns = new ArrayList<>();
    try (QueryAnswer answer = rows.read("SELECT *", "LIMIT 0", AnswerFormat.JSON)) {
      for (JsonNode column : Json.parse(answer.body().readAllBytes()).path("meta")) {
        columns.add(Column.of(column.path("name").asString(""), column.path("type").asString("")));
      }
    }
    return columns;
  }

  /// Columns that Parquet has no type for are written as text, which imports read like any.
  private static String selection(List<Column> columns) {
    List<String> casts = new ArrayList<>();
    for (Column column : columns) {
      if (!column.type().writable()) {
        throw new PlatformException(
            HttpError.INVALID_REQUEST,
            "the column '"
                + column.name()
                + "' is "
                + column.type().sql()
                + ", which a copy cannot write; let a materialized view make the states");
      }
      String kept = parquet(column.type()).sql();
      if (!kept.equals(column.type().sql())) {
        String name = Identifiers.quote(column.name());
        casts.add("CAST(" + name + ", " + Identifiers.literal(kept) + ") AS " + name);
      }
    }
    return casts.isEmpty() ? "SELECT *" : "SELECT * REPLACE(" + String.join(", ", casts) + ")";
  }

  private static DataType parquet(DataType type) {
    return switch (type) {
      case DataType.Int whole when whole.bits() > 64 -> TEXT;
      case DataType.FixedString _,
          DataType.Uuid _,
          DataType.Ipv4 _,
          DataType.Ipv6 _,
          DataType.Enum _,
          DataType.Json _,
          DataType.Other _ ->
          TEXT;
      case DataType.NullableOf(DataType inner) -> new DataType.NullableOf(parquet(inner));
      case DataType.LowCardinality(DataType inner) ->
          parquet(inner).equals(inner) ? type : parquet(inner);
      case DataType.Array(DataType element) -> new DataType.Array(parquet(element));
      case DataType.MapOf(DataType key, DataType value) ->
          new DataType.MapOf(parquet(key), parquet(value));
      case DataType.Tuple(List<DataType.TupleElement> elements) ->
          new DataType.Tuple(
              elements.stream()
                  .map(
                      element -> new DataType.TupleElement(element.name(), parquet(element.type())))
                  .toList());
      case DataType.SimpleAggregateFunction simple -> parquet(simple.inner());
      case DataType.Geo geo -> parquet(geo.inner());
      default -> type;
    };
  }
}
