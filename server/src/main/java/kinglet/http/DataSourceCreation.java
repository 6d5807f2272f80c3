// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CatalogError;
import kinglet.catalog.DataSource;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.Deployments;
import kinglet.error.PlatformException;
import kinglet.ingest.EventIngest;
import kinglet.ingest.FileFormat;
import kinglet.ingest.FileImport;
import kinglet.ingest.decode.CsvFields;
import kinglet.ingest.file.RemoteFiles;
import kinglet.ingest.flush.FlushOutcome;
import kinglet.ingest.flush.Flusher;
import kinglet.job.Job;
import kinglet.job.Jobs;
import kinglet.observe.DataSourceOperation;

/// `POST /v0/datasources?mode=create`: makes a data source from a schema, or from a file whose
/// schema is guessed and whose rows are imported at once.
public final class DataSourceCreation {
  private static final List<String> ENGINE_PREFIXES = List.of("engine", "kafka_");

  private final Access access;
  private final RequestBodies bodies;
  private final Deployments deployments;
  private final FileAnalysis analysis;
  private final FileImport imports;
  private final RemoteFiles remote;
  private final ImportJob job;
  private final Jobs jobs;
  private final Flusher flusher;
  private final Duration waitTimeout;
  private final ImportAnswer answer;
  private final OperationLog log;

  public DataSourceCreation(
      Access access,
      RequestBodies bodies,
      Deployments deployments,
      FileAnalysis analysis,
      FileImport imports,
      RemoteFiles remote,
      ImportJob job,
      Jobs jobs,
      Flusher flusher,
      Duration waitTimeout,
      ImportAnswer answer,
      OperationLog log) {
    this.access = access;
    this.bodies = bodies;
    this.deployments = deployments;
    this.analysis = analysis;
    this.imports = imports;
    this.remote = remote;
    this.job = job;
    this.jobs = jobs;
    this.flusher = flusher;
    this.waitTimeout = waitTimeout;
    this.answer = answer;
    this.log = log;
  }

  public void handle(Exchange exchange) {
    try (InputStream body =
        new BufferedInputStream(bodies.stream(exchange), FileStream.BUFFER_BYTES)) {
      SentFile sent = SentFile.read(exchange, body);
      Caller caller = access.caller(exchange, sent.given());
      caller.require(
          () -> caller.token().mayCreateDataSources(),
          "making a data source needs the scope DATASOURCES:CREATE");
      if (sent.given().first("url").isPresent()) {
        fromUrl(exchange, caller, sent.given());
      } else if (sent.file().isPresent()) {
        fromFile(exchange, caller, sent, sent.file().get());
      } else {
        DataSource source =
            create(caller, name(sent.given(), ""), sent.given(), schema(sent.given(), ""));
        exchange.respondJson(200, answer.shape(caller, source));
      }
    } catch (IOException e) {
      throw SentFile.unreadable(e);
    }
  }

  /// Makes it from the beginning of the file; a job fetches the whole.
  private void fromUrl(Exchange exchange, Caller caller, Parameters given) throws IOException {
    ImportOptions options = ImportOptions.of(given);
    RemoteFiles.Remote file = remote.fetch(RemoteFiles.parse(given.first("url").orElseThrow()));
    String guessed = "";
    try (InputStream bytes = file.body()) {
      if (given.first("schema").isEmpty()) {
        FileStream stream = FileStream.of(bytes, options.format(), file.name());
        FileAnalysis.Found found = found(exchange, given, options, stream);
        guessed = found.analysis().schema();
        options = options.with(stream.format(), found.dialect());
        imports.files().remove(exchange.requestId());
      }
    }
    DataSource source = create(caller, name(given, file.name()), given, schema(given, guessed));
    options.known().check(source.schema());
    Job submitted = job.submit(jobs, caller, source, options);
    Map<String, Object> body =
        new LinkedHashMap<>(JobShape.submitted(submitted, exchange.origin()));
    body.put("import_id", submitted.id());
    body.put("datasource", answer.shape(caller, source));
    exchange.respondJson(200, body);
  }

  /// The file is kept until its rows are accepted: its beginning is looked at before.
  private void fromFile(Exchange exchange, Caller caller, SentFile sent, InputStream bytes)
      throws IOException {
    Parameters given = sent.given();
    ImportOptions options = ImportOptions.of(given);
    String id = exchange.requestId();
    InputStream counted = new CountedStream(bytes, n -> access.countBytes(exchange, caller, n));
    FileStream stream = FileStream.of(counted, options.format(), sent.name());
    boolean accepted = false;
    try {
      Path _ = imports.files().keep(id, stream.bytes(), _ -> {});
      String guessed = "";
      if (given.first("schema").isEmpty()) {
        FileAnalysis.Found found = kept(id, stream.format(), options, given);
        guessed = found.analysis().schema();
        options = options.with(stream.format(), found.dialect());
      }
      DataSource source = create(caller, name(given, sent.name()), given, schema(given, guessed));
      options.known().check(source.schema());
      ImportOptions reading = options;
      ImportOutcome outcome =
          log.imported(
              exchange,
              source,
              DataSourceOperation.Type.APPEND,
              () -> imported(exchange, source, stream.format(), reading));
      accepted = stream.format() == FileFormat.PARQUET;
      Caller now = new Caller(caller.token(), access.current(caller));
      answer.respond(exchange, now, source, outcome);
    } finally {
      // Parquet is read by the flusher, which removes the file after it.
      if (!accepted) {
        imports.files().remove(id);
      }
    }
  }

  private FileAnalysis.Found found(
      Exchange exchange, Parameters given, ImportOptions options, FileStream stream)
      throws IOException {
    if (stream.format() == FileFormat.PARQUET) {
      Path _ = imports.files().keep(exchange.requestId(), stream.bytes(), _ -> {});
      return analysis.parquet(exchange.requestId());
    }
    return analysis.text(
        stream.format(), stream.bytes(), options.saidDialect(), AnalyzeRoute.guessTypes(given));
  }

  private FileAnalysis.Found kept(
      String id, FileFormat format, ImportOptions options, Parameters given) throws IOException {
    if (format == FileFormat.PARQUET) {
      return analysis.parquet(id);
    }
    try (InputStream text = imports.files().open(id)) {
      return analysis.text(format, text, options.saidDialect(), AnalyzeRoute.guessTypes(given));
    }
  }

  private ImportOutcome imported(
      Exchange exchange, DataSource source, FileFormat format, ImportOptions options)
      throws IOException {
    String id = exchange.requestId();
    ImportBlocks blocks = log.blocks(exchange, source, format);
    EventIngest.Accepted accepted;
    if (format == FileFormat.PARQUET) {
      accepted =
          blocks.whole(
              imports.files().length(id), () -> imports.parquet(source, id, options.known()));
      imports.forget(id);
    } else {
      try (InputStream text = imports.files().open(id)) {
        accepted =
            blocks.of(() ->
                imports.text(source, text, options.reading(format), Optional.empty(), blocks));
      }
    }
    return new ImportOutcome(
        accepted,
        accepted.lastSeq() == 0
            ? new FlushOutcome.Stored()
            : flusher.awaitFlushed(
                source.id(), accepted.firstSeq(), accepted.lastSeq(), waitTimeout),
        blocks.done());
  }

  /// Makes the data source by a deployment of the live project with its file added.
  private DataSource create(Caller caller, String name, Parameters given, String schema) {
    String text = text(given, schema);
    deployments.edit(
        caller.workspace(),
        live -> {
          if (access.current(caller).dataSource(name).isPresent()) {
            throw new PlatformException(
                CatalogError.RESOURCE_EXISTS,
                "There is already a Data Source with name \"" + name + "\"; choose another name");
          }
          return live.put(FileKind.DATASOURCE, name, text);
        },
        DeployOptions.by(caller.token().name()));
    return access.current(caller).dataSource(name).orElseThrow();
  }

  private static String text(Parameters given, String schema) {
    DataSourceText text = new DataSourceText();
    text.block("DESCRIPTION", given.first("description").orElse(""));
    text.line("TAGS", String.join(", ", given.all("tags")));
    text.block("SCHEMA", schema);
    given
        .values()
        .forEach((parameter, values) -> {
          if (ENGINE_PREFIXES.stream().anyMatch(parameter::startsWith)) {
            text.line(parameter.toUpperCase(Locale.ROOT), values.getFirst());
          }
        });
    given.first("ttl").ifPresent(ttl -> text.line("ENGINE_TTL", ttl));
    given.first("connector").ifPresent(name -> text.line("KAFKA_CONNECTION_NAME", name));
    text.block("INDEXES", given.first("indexes").orElse(""));
    return text.normalized();
  }

  private static String schema(Parameters given, String guessed) {
    return given
        .first("schema")
        .filter(schema -> !schema.isBlank())
        .or(() -> Optional.of(guessed).filter(schema -> !schema.isEmpty()))
        .orElseThrow(() ->
            new PlatformException(
                HttpError.INVALID_REQUEST, "there is neither schema= nor a file to guess it from"));
  }

  /// The name given, or what the file is called without what follows its first dot.
  private static String name(Parameters given, String file) {
    return given
        .first("name")
        .filter(name -> !name.isBlank())
        .map(String::strip)
        .or(() ->
            Optional.of(file)
                .filter(name -> !name.isEmpty())
                .map(name -> CsvFields.columnName(name.replaceFirst("\\..*", ""))))
        .orElseThrow(() ->
            new PlatformException(
                HttpError.INVALID_REQUEST, "name= is missing: what is it to be called?"));
  }
}
