// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.ServiceDataSource;

/// A part of an imported file whose rows were accepted at once.
///
/// @param from where the file came from: its URL, or `body`
/// @param parser what read it, such as `csv`
/// @param start where it begins in the unpacked file, in bytes
public record ImportedBlock(
    String workspaceId,
    Instant at,
    DataSourceOperation.Target target,
    DataSourceOperation.Cause cause,
    String from,
    String parser,
    long start,
    Optional<Counted> counted,
    Optional<String> error)
    implements ServiceRecord {
  public ImportedBlock {
    from = LoggedText.of(from);
    error = error.map(LoggedText::of);
  }

  /// What was in it, as far as it was read.
  ///
  /// @param end where it ends in the file
  /// @param rows those that fitted
  public record Counted(long end, long rows, long quarantined, long invalid, long nanos) {}

  /// Its name: that of its import, and where it begins.
  public String id() {
    return cause.importId().orElse("") + "-" + start;
  }

  public String status() {
    return error.isPresent() ? "error" : "done";
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    cause.importId().ifPresent(id -> row.put("import_id", id));
    cause.jobId().ifPresent(id -> row.put("job_id", id));
    cause.requestId().ifPresent(id -> row.put("request_id", id));
    row.put("source", masking.apply(from));
    row.put("block_id", id());
    row.put("status", status());
    row.put("datasource_id", target.id());
    row.put("datasource_name", target.name());
    row.put("start_offset", start);
    row.put("parser", parser);
    counted.ifPresent(what -> {
      row.put("end_offset", what.end());
      row.put("rows", what.rows());
      row.put("quarantine_lines", what.quarantined());
      row.put("bytes", what.end() - start);
      row.put("processing_time", what.nanos() / 1e9);
    });
    error.ifPresent(text -> row.put("processing_error", masking.apply(text)));
    return Map.of(ServiceDataSource.BLOCK_LOG, row);
  }
}
