// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.clickhouse.ClickHouse;
import kinglet.observe.ImportedBlock;

/// What calls answer that put rows into a data source: the counts, and the data source as it is
/// now.
public final class ImportAnswer {
  private final Access access;
  private final TableStatistics statistics;

  public ImportAnswer(Access access, ClickHouse clickHouse) {
    this.access = access;
    this.statistics = new TableStatistics(clickHouse);
  }

  void respond(Exchange exchange, Caller caller, DataSource source, ImportOutcome outcome) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("id", exchange.requestId());
    result.put("import_id", exchange.requestId());
    // False, or a text: the answer is 200 either way, as clients of this route expect.
    result.put("error", outcome.error().<Object>map(text -> text).orElse(false));
    result.put("quarantine_rows", outcome.quarantinedRows());
    result.put("invalid_lines", outcome.accepted().invalidLines());
    result.put("successful_rows", outcome.successfulRows());
    result.put("quarantined_rows", outcome.quarantinedRows());
    result.put("datasource", shape(caller, source));
    result.put("blocks", outcome.blocks().stream().map(ImportAnswer::block).toList());
    result.put("block_log", outcome.blocks().stream().map(ImportAnswer::logged).toList());
    exchange.respondJson(200, result);
  }

  private static Map<String, Object> block(ImportedBlock block) {
    ImportedBlock.Counted counted = block.counted().orElseThrow();
    Map<String, Object> read = new LinkedHashMap<>();
    read.put("lines", counted.rows() + counted.quarantined());
    read.put("parser", block.parser());
    read.put("quarantine_lines", counted.quarantined());
    read.put("invalid_lines", counted.invalid());
    read.put("bytes", counted.end() - block.start());
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("block_id", block.id());
    shape.put("process_return", List.of(read));
    shape.put("processing_time", counted.nanos() / 1e9);
    shape.put("processing_error", null);
    return shape;
  }

  private static Map<String, Object> logged(ImportedBlock block) {
    return Map.of(
        "block_id", block.id(), "status", block.status(), "timestamp", Times.text(block.at()));
  }

  Map<String, Object> shape(Caller caller, DataSource source) {
    Resources now = access.current(caller);
    return DataSourceShape.detailed(
        now.dataSource(source.publicId()).orElse(source),
        now,
        statistics.of(now.workspace().database()));
  }
}
