// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.replacement.Exchanges;
import kinglet.error.PlatformException;
import kinglet.feature.Features;
import kinglet.ingest.EventIngest;
import kinglet.ingest.FileFormat;
import kinglet.ingest.FileImport;
import kinglet.ingest.file.FileDirectory;
import kinglet.ingest.file.FileError;
import kinglet.ingest.file.RemoteFiles;
import kinglet.ingest.flush.FlushOutcome;
import kinglet.ingest.flush.Flusher;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobError;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;

/// Imports the file at a URL: fetches it whole, then accepts its rows. Goes on after a restart.
public final class ImportJob {
  private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(500);

  /// Of the whole work, what fetching and what accepting is said to be.
  private static final double FETCHING = 0.3;

  private static final double ACCEPTING = 0.3;

  private final Catalog catalog;
  private final FileImport imports;
  private final Flusher flusher;
  private final Features features;
  private final RemoteFiles remote;
  private final Replacing replacing;
  private final OperationLog log;

  public ImportJob(
      Catalog catalog,
      FileImport imports,
      Flusher flusher,
      Features features,
      RemoteFiles remote,
      Replacing replacing,
      OperationLog log) {
    this.catalog = catalog;
    this.imports = imports;
    this.flusher = flusher;
    this.features = features;
    this.remote = remote;
    this.replacing = replacing;
    this.log = log;
  }

  /// Lets a job import the file at the URL of the options.
  Job submit(Jobs jobs, Caller caller, DataSource source, ImportOptions options) {
    return submit(jobs, caller, source, options, Optional.empty());
  }

  /// @param wanted which rows the file replaces; none when it is appended
  Job submit(
      Jobs jobs,
      Caller caller,
      DataSource source,
      ImportOptions options,
      Optional<Replacing.Wanted> wanted) {
    URI _ = RemoteFiles.parse(options.arguments().getOrDefault("url", ""));
    return jobs.submit(
        JobSpec.on(
            caller.workspace().id(),
            JobKind.IMPORT,
            new JobSpec.Resource(source.publicId(), source.name()),
            options.arguments()),
        context -> run(context, wanted));
  }

  /// The work of [kinglet.job.JobKind#IMPORT] after a restart. Rows that are appended go on from
  /// where they were; those that replace all others are fetched again; whoever gave a condition is
  /// told.
  public void resume(JobContext context) {
    Job job = context.job();
    Map<String, String> arguments = job.spec().arguments();
    if (!"replace".equals(arguments.get("mode"))) {
      run(context, Optional.empty());
    } else if (replacing.ending(job.id()) == Exchanges.Ending.WITHOUT_EFFECT) {
      if (!arguments.getOrDefault("replace_condition", "").isBlank()) {
        throw new PlatformException(
            JobError.JOB_INTERRUPTED,
            "the server stopped before the new rows were whole: no row was replaced; start it again");
      }
      imports.forget(job.id());
      run(context, Optional.of(Replacing.Wanted.of(Parameters.of(arguments), Optional.empty())));
    }
  }

  private void run(JobContext context, Optional<Replacing.Wanted> wanted) {
    Job job = context.job();
    ImportOptions options = ImportOptions.of(job.spec().arguments());
    Resources resources = resources(job.spec());
    DataSource source = source(job.spec(), resources);
    URI url = RemoteFiles.parse(options.arguments().getOrDefault("url", ""));
    try {
      if (!imports.hasBegun(job.id()) && !imports.files().holds(job.id())) {
        fetch(context, url);
      }
      context.commit();
      String name = RemoteFiles.name(url);
      ImportOutcome outcome =
          wanted.isEmpty()
              ? accept(context, source, source, options, name)
              : replacing.run(
                  resources,
                  job.id(),
                  source,
                  wanted.get(),
                  target -> accept(context, source, target, options, name));
      context.count("quarantine_rows", outcome.quarantinedRows());
      context.count("invalid_lines", outcome.accepted().invalidLines());
      outcome.error().ifPresent(context::remark);
      imports.forget(job.id());
    } catch (IOException e) {
      throw new PlatformException(
          FileError.URL_UNREACHABLE, "the file broke off: " + e.getMessage(), e);
    }
  }

  private Resources resources(JobSpec spec) {
    return catalog
        .current(spec.workspaceId())
        .orElseThrow(() ->
            new PlatformException(
                HttpError.UNKNOWN_RESOURCE, "the workspace does not exist any more"));
  }

  private static DataSource source(JobSpec spec, Resources resources) {
    return spec.dataSource()
        .flatMap(resource -> resources.dataSource(resource.id()))
        .orElseThrow(() ->
            new PlatformException(
                HttpError.UNKNOWN_RESOURCE, "the data source does not exist any more"));
  }

  private void fetch(JobContext context, URI url) throws IOException {
    RemoteFiles.Remote file = remote.fetch(url);
    try (InputStream body = file.body();
        JobContext.Hook _ = context.onCancel(() -> close(body))) {
      long length = Math.max(1, file.length().orElse(Long.MAX_VALUE));
      InputStream unpacked = FileStream.of(body, Optional.of(FileFormat.CSV), file.name()).bytes();
      var _ =
          imports
              .files()
              .keep(
                  context.job().id(),
                  unpacked,
                  bytes -> {
                    context.checkCancelled();
                    context.progress(FETCHING * Math.min(1, (double) bytes / length), 0, bytes);
                  });
    } catch (IOException e) {
      context.checkCancelled();
      throw e;
    }
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException _) {
      // What reads it hears of it.
    }
  }

  /// @param source whose rows they are to be
  /// @param target where they go: the source, or what is to take its place
  private ImportOutcome accept(
      JobContext context, DataSource source, DataSource target, ImportOptions options, String name)
      throws IOException {
    String id = context.job().id();
    FileDirectory files = imports.files();
    if (!files.holds(id)) {
      // Every row was accepted before a restart, and is inserted by now or soon.
      return stored(context, target, imports.parquet(target, id, options.known()));
    }
    try (InputStream kept = files.open(id)) {
      FileStream file = FileStream.of(kept, options.format(), name);
      long length = files.length(id);
      ImportBlocks blocks =
          log.blocks(
              context.job(), source, options.arguments().getOrDefault("url", ""), file.format());
      if (file.format() == FileFormat.PARQUET) {
        EventIngest.Accepted accepted =
            blocks.whole(length, () -> imports.parquet(target, id, options.known()));
        return stored(context, target, accepted);
      }
      EventIngest.Accepted accepted =
          blocks.of(() ->
              imports.text(
                  target,
                  file.bytes(),
                  options.reading(file.format()),
                  Optional.of(id),
                  (piece, total) -> {
                    blocks.accepted(piece, total);
                    context.progress(
                        FETCHING + ACCEPTING * piece.end() / Math.max(1, length),
                        total.successfulRows() + total.quarantinedRows(),
                        piece.end());
                  }));
      ImportOutcome outcome = stored(context, target, accepted);
      files.remove(id);
      return outcome;
    }
  }

  private ImportOutcome stored(
      JobContext context, DataSource source, EventIngest.Accepted accepted) {
    return stored(context, source, accepted, FETCHING + ACCEPTING);
  }

  /// Waits until the rows are inserted and part of what features give, however long that takes.
  ///
  /// @param before the share of the work that was done before
  ImportOutcome stored(
      JobContext context, DataSource source, EventIngest.Accepted accepted, double before) {
    if (accepted.lastSeq() == 0) {
      return new ImportOutcome(accepted, new FlushOutcome.Stored(), List.of());
    }
    long rows = accepted.successfulRows() + accepted.quarantinedRows();
    long bytes = context.job().progress().bytes();
    try (Flusher.Expectation expected =
        flusher.expect(source.id(), accepted.firstSeq(), accepted.lastSeq())) {
      while (true) {
        FlushOutcome outcome = expected.await(PROGRESS_INTERVAL);
        if (!(outcome instanceof FlushOutcome.Waiting)) {
          awaitFeatures(context, source, accepted.lastSeq());
          context.progress(1, rows, bytes);
          return new ImportOutcome(accepted, outcome, List.of());
        }
        context.checkStopping();
        double share =
            (double) (flusher.flushedSeq() - accepted.firstSeq())
                / Math.max(1, accepted.lastSeq() - accepted.firstSeq());
        context.progress(before + (1 - before) * Math.clamp(share, 0, 1), rows, bytes);
      }
    }
  }

  private void awaitFeatures(JobContext context, DataSource source, long seq) {
    while (!features.isApplied(source.id(), seq, PROGRESS_INTERVAL)) {
      context.checkStopping();
      Optional<String> failure = features.failure(source.id());
      if (failure.isPresent()) {
        context.remark("The rows are stored, and features take them in later: " + failure.get());
        return;
      }
    }
  }
}
