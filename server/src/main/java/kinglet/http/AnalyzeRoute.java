// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;
import kinglet.ingest.FileFormat;
import kinglet.ingest.file.FileDirectory;
import kinglet.ingest.file.RemoteFiles;
import kinglet.ingest.infer.Analysis;

/// `POST /v0/analyze`: what columns a file should have, and its first rows.
public final class AnalyzeRoute {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Access access;
  private final RequestBodies bodies;
  private final FileAnalysis analysis;
  private final FileDirectory files;
  private final RemoteFiles remote;

  public AnalyzeRoute(
      Access access,
      RequestBodies bodies,
      FileAnalysis analysis,
      FileDirectory files,
      RemoteFiles remote) {
    this.access = access;
    this.bodies = bodies;
    this.analysis = analysis;
    this.files = files;
    this.remote = remote;
  }

  public void addTo(Routes routes) {
    routes.compatible("POST", "/v0/analyze", this::analyze);
  }

  private void analyze(Exchange exchange) {
    long startNanos = System.nanoTime();
    try (InputStream body =
        new BufferedInputStream(bodies.stream(exchange), FileStream.BUFFER_BYTES)) {
      SentFile sent = SentFile.read(exchange, body);
      Caller caller = access.caller(exchange, sent.given());
      FileAnalysis.Found found = found(exchange, caller, sent);
      double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
      exchange.respondJson(200, shape(found, seconds));
    } catch (IOException e) {
      throw SentFile.unreadable(e);
    }
  }

  private FileAnalysis.Found found(Exchange exchange, Caller caller, SentFile sent)
      throws IOException {
    ImportOptions options = ImportOptions.of(sent.given());
    Optional<String> url = sent.given().first("url");
    if (url.isPresent()) {
      RemoteFiles.Remote file = remote.fetch(RemoteFiles.parse(url.get()));
      try (InputStream bytes = file.body()) {
        return found(exchange.requestId(), sent, options, bytes, file.name());
      }
    }
    InputStream bytes =
        sent.file()
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.INVALID_REQUEST,
                    "there is no file: send it as body or in a form, or give its url="));
    InputStream counted = new CountedStream(bytes, n -> access.countBytes(exchange, caller, n));
    FileAnalysis.Found found = found(exchange.requestId(), sent, options, counted, sent.name());
    // The rest is read so that the client, who still sends it, hears the answer.
    long _ = counted.transferTo(OutputStream.nullOutputStream());
    return found;
  }

  private FileAnalysis.Found found(
      String id, SentFile sent, ImportOptions options, InputStream bytes, String name)
      throws IOException {
    FileStream file = FileStream.of(bytes, options.format(), name);
    if (file.format() != FileFormat.PARQUET) {
      return analysis.text(
          file.format(), file.bytes(), options.saidDialect(), guessTypes(sent.given()));
    }
    Path _ = files.keep(id, file.bytes(), _ -> {});
    try {
      return analysis.parquet(id);
    } finally {
      files.remove(id);
    }
  }

  static boolean guessTypes(Parameters given) {
    return given.first("type_guessing").isEmpty() || given.isSet("type_guessing");
  }

  private static Map<String, Object> shape(FileAnalysis.Found found, double seconds) {
    Analysis analysis = found.analysis();
    List<Map<String, Object>> columns = new ArrayList<>();
    List<Map<String, Object>> meta = new ArrayList<>();
    for (Analysis.Field field : analysis.fields()) {
      Map<String, Object> column = new LinkedHashMap<>();
      column.put("path", field.path());
      column.put("recommended_type", field.element());
      column.put("present_pct", field.presentShare());
      column.put("name", field.name());
      columns.add(column);
      meta.add(Map.of("name", field.name(), "type", field.type()));
    }
    Map<String, Object> preview = new LinkedHashMap<>();
    preview.put("meta", meta);
    preview.put("data", analysis.preview());
    preview.put("rows", analysis.preview().size());
    preview.put(
        "statistics",
        Map.of("elapsed", seconds, "rows_read", analysis.rows(), "bytes_read", found.bytes()));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("analysis", Map.of("columns", columns, "schema", analysis.schema()));
    body.put("preview", preview);
    return body;
  }
}
