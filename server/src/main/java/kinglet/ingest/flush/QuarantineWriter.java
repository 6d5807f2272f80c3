// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Identifiers;
import kinglet.clickhouse.NativeWriter;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.journal.EntryKind;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.MergedBlock;

/// Puts a row that ClickHouse could not store into its data source's quarantine, with the reason.
///
/// ClickHouse itself turns the row's values into text, from the bytes of the very block it refused.
final class QuarantineWriter {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "async_insert", "0",
          "insert_allow_materialized_columns", "1",
          "deduplicate_insert_select", "enable_even_for_bad_queries",
          "max_query_size", "2000000000");

  private final ClickHouse clickHouse;
  private final FlushSettings settings;

  QuarantineWriter(ClickHouse clickHouse, FlushSettings settings) {
    this.clickHouse = clickHouse;
    this.settings = settings;
  }

  void write(
      FlushTarget target, StepKey key, MergedBlock row, String token, PlatformException reason) {
    StepKey quarantine =
        new StepKey(key.dataSourceId(), key.schemaVersion(), EntryKind.QUARANTINE, key.group());
    Set<String> known = target.columns(quarantine);
    Map<String, String> values = new LinkedHashMap<>();
    values.put("c__error", "[{reason:String}]");
    for (Column column : row.block().columns()) {
      if (known.contains(column.name())) {
        values.put(column.name(), "toString(" + value(column) + ")");
      }
    }
    if (known.contains("insertion_date")) {
      values.put("insertion_date", "toDateTime(" + NativeWriter.INGESTED_AT + ")");
    }
    values.put(NativeWriter.SEQ, NativeWriter.SEQ);
    values.put(NativeWriter.INGESTED_AT, NativeWriter.INGESTED_AT);
    Map<String, String> insertSettings = new LinkedHashMap<>(SETTINGS);
    insertSettings.put("insert_deduplication_token", token);
    clickHouse.execute(
        Statement.of(Role.WRITER, sql(target, values, bytes(row)))
            .withParameters(Map.of("reason", reason.text()))
            .withSettings(insertSettings)
            .withTimeout(settings.insertTimeout()));
  }

  /// A nested structure arrives as one column for each element.
  private static String value(Column column) {
    if (column.type() instanceof DataType.Nested(var elements)) {
      return elements.stream()
          .map(element -> Identifiers.quote(column.name() + "." + element.name()))
          .collect(Collectors.joining(", ", "tuple(", ")"));
    }
    return Identifiers.quote(column.name());
  }

  private static String sql(FlushTarget target, Map<String, String> values, byte[] row) {
    return "INSERT INTO "
        + Identifiers.quote(target.database())
        + "."
        + Identifiers.quote(target.quarantineTable())
        + values.keySet().stream()
            .map(Identifiers::quote)
            .collect(Collectors.joining(", ", " (", ")"))
        + " SELECT "
        + String.join(", ", values.values())
        + " FROM format(Native, unhex('"
        + HexFormat.of().formatHex(row)
        + "'))";
  }

  private static byte[] bytes(MergedBlock row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      NativeWriter.write(row, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }
}
