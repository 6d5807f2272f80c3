// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import kinglet.catalog.DataSource;
import kinglet.catalog.ServiceDataSource;

/// Something that was done to a data source or its rows.
///
/// @param type such as `append-hfi` or `truncate`
/// @param elapsedNanos how long it took
/// @param error why it failed, or what was wrong although it did not
/// @param written rows, and bytes where they are known; nothing where no rows were moved
/// @param options what else is to be said of it
public record DataSourceOperation(
    String workspaceId,
    Instant at,
    Type type,
    Target target,
    String operationId,
    long elapsedNanos,
    Optional<String> error,
    boolean failed,
    Cause cause,
    Optional<Written> written,
    String pipeId,
    String pipeName,
    String release,
    Map<String, String> options)
    implements ServiceRecord {
  /// What was done.
  public enum Type {
    CREATE("create"),
    APPEND("append"),
    APPEND_HFI("append-hfi"),
    REPLACE("replace"),
    DELETE("delete"),
    DROP("drop"),
    TRUNCATE("truncate"),
    RENAME("rename"),
    ALTER("alter"),
    POPULATE_VIEW("populateview"),
    DEPLOYMENT_BACKFILL("deployment_backfill"),
    COPY("copy");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// The data source, as it was called.
  public record Target(String id, String name, List<String> tags) {
    public static Target of(DataSource source) {
      return new Target(source.publicId(), source.name(), source.tags());
    }
  }

  /// What asked for it.
  public record Cause(
      Optional<String> requestId, Optional<String> importId, Optional<String> jobId) {
    public static final Cause NONE =
        new Cause(Optional.empty(), Optional.empty(), Optional.empty());

    public static Cause request(String id) {
      return new Cause(Optional.of(id), Optional.empty(), Optional.empty());
    }

    public Cause withImport(String id) {
      return new Cause(requestId, Optional.of(id), jobId);
    }

    public static Cause job(String id) {
      return new Cause(Optional.empty(), Optional.empty(), Optional.of(id));
    }
  }

  /// Rows that were accepted.
  ///
  /// @param bytes of the text they came as
  public record Written(long rows, long quarantined, OptionalLong bytes) {}

  /// Something that worked.
  public static DataSourceOperation of(
      String workspaceId, Instant at, Type type, Target target, long elapsedNanos) {
    return new DataSourceOperation(
        workspaceId,
        at,
        type,
        target,
        UUID.randomUUID().toString(),
        elapsedNanos,
        Optional.empty(),
        false,
        Cause.NONE,
        Optional.empty(),
        "",
        "",
        "",
        Map.of());
  }

  public DataSourceOperation {
    error = error.map(LoggedText::of);
  }

  public DataSourceOperation failed(String why) {
    return with(Optional.of(why), true, cause, written, options);
  }

  /// With what was wrong although it worked.
  public DataSourceOperation remarked(Optional<String> what) {
    return with(what, failed, cause, written, options);
  }

  public DataSourceOperation by(Cause who) {
    return with(error, failed, who, written, options);
  }

  public DataSourceOperation wrote(Written rows) {
    return with(error, failed, cause, Optional.of(rows), options);
  }

  public DataSourceOperation withOptions(Map<String, String> more) {
    return with(error, failed, cause, written, more);
  }

  /// With the pipe whose rows they are.
  public DataSourceOperation through(String id, String name) {
    return new DataSourceOperation(
        workspaceId,
        at,
        type,
        target,
        operationId,
        elapsedNanos,
        error,
        failed,
        cause,
        written,
        id,
        name,
        release,
        options);
  }

  /// As part of a deployment, which is one operation with many records.
  public DataSourceOperation deployed(String operation, long deployment, String pipe) {
    return new DataSourceOperation(
        workspaceId,
        at,
        type,
        target,
        operation,
        elapsedNanos,
        error,
        failed,
        cause,
        written,
        "",
        pipe,
        Long.toString(deployment),
        options);
  }

  private DataSourceOperation with(
      Optional<String> why,
      boolean failing,
      Cause who,
      Optional<Written> rows,
      Map<String, String> more) {
    return new DataSourceOperation(
        workspaceId,
        at,
        type,
        target,
        operationId,
        elapsedNanos,
        why,
        failing,
        who,
        rows,
        pipeId,
        pipeName,
        release,
        more);
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    row.put("event_type", type.word());
    row.put("datasource_id", target.id());
    row.put("datasource_name", target.name());
    row.put("result", failed ? "error" : "ok");
    row.put("elapsed_time", elapsedNanos / 1e9);
    error.ifPresent(text -> row.put("error", masking.apply(text)));
    cause.importId().ifPresent(id -> row.put("import_id", id));
    cause.jobId().ifPresent(id -> row.put("job_id", id));
    cause.requestId().ifPresent(id -> row.put("request_id", id));
    written.ifPresent(rows -> {
      row.put("rows", rows.rows());
      row.put("rows_quarantine", rows.quarantined());
      row.put("written_rows", rows.rows());
      row.put("written_rows_quarantine", rows.quarantined());
      row.put("read_rows", rows.rows() + rows.quarantined());
      rows.bytes().ifPresent(bytes -> row.put("read_bytes", bytes));
    });
    row.put("Options.Names", List.copyOf(options.keySet()));
    row.put("Options.Values", options.values().stream().map(masking).toList());
    row.put("operation_id", operationId);
    row.put("pipe_id", pipeId);
    row.put("pipe_name", pipeName);
    row.put("release", release);
    row.put("resource_tags", target.tags());
    return Map.of(ServiceDataSource.DATASOURCES_OPS_LOG, row);
  }
}
