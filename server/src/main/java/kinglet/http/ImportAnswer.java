// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.clickhouse.ClickHouse;

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
    result.put("blocks", List.of());
    result.put("block_log", List.of());
    exchange.respondJson(200, result);
  }

  Map<String, Object> shape(Caller caller, DataSource source) {
    Resources now = access.current(caller);
    return DataSourceShape.detailed(
        now.dataSource(source.publicId()).orElse(source),
        now,
        statistics.of(now.workspace().database()));
  }
}
