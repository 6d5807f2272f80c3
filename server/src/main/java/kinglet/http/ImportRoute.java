// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.error.PlatformException;
import kinglet.feature.Features;
import kinglet.ingest.EventIngest;
import kinglet.ingest.FileFormat;
import kinglet.ingest.FileImport;
import kinglet.ingest.flush.FlushOutcome;
import kinglet.ingest.flush.Flusher;
import kinglet.job.Job;
import kinglet.job.Jobs;
import kinglet.observe.DataSourceOperation;
import kinglet.query.SqlQueries;
import kinglet.type.Known;

/// `POST /v0/datasources`: makes a data source, or imports the rows of a file.
///
/// The file is the body, a part of a form, or at a URL; that one is fetched by a job.
public final class ImportRoute {
  private static final String MULTIPART = "multipart/";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final byte[] URL_FIELD = {'u', 'r', 'l', '='};

  /// New rows have to be stored before they can take a place.
  private static final Duration REPLACE_TIMEOUT = Duration.ofHours(1);

  private final Access access;
  private final RequestBodies bodies;
  private final FileImport imports;
  private final Replacing replacing;
  private final SqlQueries queries;
  private final ImportJob job;
  private final Jobs jobs;
  private final Flusher flusher;
  private final Features features;
  private final Duration waitTimeout;
  private final ImportAnswer answer;
  private final OperationLog log;
  private final Routes.Handler create;

  /// @param create answers `mode=create`
  public ImportRoute(
      Access access,
      RequestBodies bodies,
      FileImport imports,
      Replacing replacing,
      SqlQueries queries,
      ImportJob job,
      Jobs jobs,
      Flusher flusher,
      Features features,
      Duration waitTimeout,
      ImportAnswer answer,
      OperationLog log,
      Routes.Handler create) {
    this.access = access;
    this.bodies = bodies;
    this.imports = imports;
    this.replacing = replacing;
    this.queries = queries;
    this.job = job;
    this.jobs = jobs;
    this.flusher = flusher;
    this.features = features;
    this.waitTimeout = waitTimeout;
    this.answer = answer;
    this.log = log;
    this.create = create;
  }

  public void addTo(Routes routes) {
    routes.compatible("POST", "/v0/datasources", this::accept);
  }

  private void accept(Exchange exchange) {
    String mode = exchange.query().first("mode").orElse("create").toLowerCase(Locale.ROOT);
    switch (mode) {
      case "create" -> create.handle(exchange);
      case "append", "replace" -> importRows(exchange, mode.equals("replace"));
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST,
              "mode='" + mode + "' is neither create, append nor replace");
    }
  }

  private void importRows(Exchange exchange, boolean replace) {
    try (InputStream sent =
        new BufferedInputStream(bodies.stream(exchange), FileStream.BUFFER_BYTES)) {
      SentFile file = file(exchange, sent);
      Parameters given = file.given();
      Caller caller = access.caller(exchange, given);
      DataSource source = EventsRoute.appendable(access, exchange, caller, given);
      ImportOptions options = ImportOptions.of(given);
      options.known().check(source.schema());
      Optional<Replacing.Wanted> wanted =
          replace ? Optional.of(wanted(caller, source, given)) : Optional.empty();
      if (options.arguments().containsKey("url")) {
        submit(exchange, caller, source, options, wanted);
        return;
      }
      InputStream rows =
          new CountedStream(
              file.file()
                  .orElseThrow(() ->
                      new PlatformException(HttpError.INVALID_REQUEST, "the form has no file")),
              n -> access.countBytes(exchange, caller, n));
      FileStream counted = FileStream.of(rows, options.format(), file.name());
      ImportBlocks blocks = log.blocks(exchange, source, counted.format());
      ImportOutcome outcome =
          log.imported(
              exchange,
              source,
              replace ? DataSourceOperation.Type.REPLACE : DataSourceOperation.Type.APPEND,
              () ->
                  wanted.isEmpty()
                      ? imported(exchange, source, options, counted, blocks, waitTimeout)
                      : replacing.run(
                          caller.resources(),
                          exchange.requestId(),
                          source,
                          wanted.get(),
                          target ->
                              imported(
                                  exchange, target, options, counted, blocks, REPLACE_TIMEOUT)));
      answer.respond(exchange, caller, source, outcome);
    } catch (IOException e) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "the body can't be read: " + e.getMessage(), e);
    }
  }

  private Replacing.Wanted wanted(Caller caller, DataSource source, Parameters given) {
    caller.require(
        caller.token()::mayCreateDataSources,
        "replacing rows needs a token with the scope DATASOURCES:CREATE or ADMIN");
    return Replacing.Wanted.of(
        given,
        given
            .first("replace_condition")
            .filter(text -> !text.isBlank())
            .map(text ->
                queries.condition(caller.workspace(), caller.token(), source.name(), text)));
  }

  /// The file in a form, or the body. A body of the type of forms holds rows too, unless it begins
  /// with a URL.
  private static SentFile file(Exchange exchange, InputStream sent) throws IOException {
    String type = exchange.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    sent.mark(URL_FIELD.length);
    boolean url =
        type.startsWith(FORM) && Arrays.equals(sent.readNBytes(URL_FIELD.length), URL_FIELD);
    sent.reset();
    return url || type.startsWith(MULTIPART)
        ? SentFile.read(exchange, sent)
        : new SentFile(exchange.query(), "", Optional.of(sent));
  }

  private void submit(
      Exchange exchange,
      Caller caller,
      DataSource source,
      ImportOptions options,
      Optional<Replacing.Wanted> wanted) {
    Job submitted = job.submit(jobs, caller, source, options, wanted);
    Map<String, Object> shape = JobShape.submitted(submitted, exchange.origin());
    shape.put("import_id", submitted.id());
    exchange.respondJson(200, shape);
  }

  private ImportOutcome imported(
      Exchange exchange,
      DataSource source,
      ImportOptions options,
      FileStream file,
      ImportBlocks blocks,
      Duration patience)
      throws IOException {
    EventIngest.Accepted accepted =
        file.format() == FileFormat.PARQUET
            ? parquet(exchange, source, file.bytes(), options.known(), blocks)
            : blocks.of(() ->
                imports.text(
                    source,
                    file.bytes(),
                    options.reading(file.format()),
                    Optional.empty(),
                    blocks));
    if (accepted.lastSeq() == 0) {
      return new ImportOutcome(accepted, new FlushOutcome.Stored(), blocks.done());
    }
    FlushOutcome outcome =
        flusher.awaitFlushed(source.id(), accepted.firstSeq(), accepted.lastSeq(), patience);
    if (!(outcome instanceof FlushOutcome.Waiting)) {
      features.awaitApplied(source.id(), accepted.lastSeq());
    }
    return new ImportOutcome(accepted, outcome, blocks.done());
  }

  private EventIngest.Accepted parquet(
      Exchange exchange, DataSource source, InputStream bytes, Known known, ImportBlocks blocks)
      throws IOException {
    String id = exchange.requestId();
    Path _ = imports.files().keep(id, bytes, _ -> {});
    EventIngest.Accepted accepted =
        blocks.whole(imports.files().length(id), () -> imports.parquet(source, id, known));
    imports.forget(id);
    return accepted;
  }
}
