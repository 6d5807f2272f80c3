// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.clickhouse.Identifiers;
import kinglet.clickhouse.NativeWriter;
import kinglet.journal.EntryKind;
import kinglet.journal.JournalEntry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Rows of a file that are accepted and not yet inserted: the payload of an entry in the journal.
///
/// It says all that an insert needs, so that the same segment always inserts the same rows,
/// whatever the program thinks of types by then. Its bytes are a JSON object.
///
/// @param version of this form, 1
/// @param file the file's name in its directory
/// @param importId what the quarantine calls the import
/// @param fromRow the first row of the file, counted from 0
/// @param misfits how many of the rows do not fit
/// @param last whether the file is not needed after this segment
/// @param columns the columns the file fills
/// @param conditions what rows that fit must satisfy besides
public record FileSegment(
    int version,
    String file,
    String importId,
    long fromRow,
    int rows,
    long misfits,
    boolean last,
    List<FileColumn> columns,
    List<Condition> conditions) {
  private static final int VERSION = 1;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public FileSegment {
    columns = List.copyOf(columns);
    conditions = List.copyOf(conditions);
    if (version != VERSION) {
      throw new IllegalStateException("a file segment of version " + version + " instead of 1");
    }
  }

  /// One column.
  ///
  /// @param source where the value stands in the file, as SQL
  /// @param type what the column was when the file was accepted, for messages
  public record FileColumn(String name, String source, String value, String fits, String type) {}

  /// A condition for rows that fit.
  ///
  /// @param holds as SQL over the file
  public record Condition(String reason, String holds) {}

  static FileSegment of(
      String file,
      String importId,
      long fromRow,
      int rows,
      long misfits,
      boolean last,
      List<FileColumn> columns,
      List<Condition> conditions) {
    return new FileSegment(
        VERSION, file, importId, fromRow, rows, misfits, last, columns, conditions);
  }

  /// The entry of the journal that accepts these rows.
  public JournalEntry entry(long dataSourceId, int schemaVersion) {
    return new JournalEntry(dataSourceId, schemaVersion, EntryKind.FILE, rows, encode());
  }

  byte[] encode() {
    return JSON.writeValueAsBytes(this);
  }

  public static FileSegment decode(byte[] payload) {
    JsonNode segment = JSON.readTree(payload);
    // Segments that were written before there were conditions have none.
    if (segment instanceof ObjectNode object && !object.has("conditions")) {
      ArrayNode _ = object.putArray("conditions");
    }
    return JSON.treeToValue(segment, FileSegment.class);
  }

  /// Where a segment goes, and as what.
  ///
  /// @param known the columns the table has now
  /// @param hidden whether the table has the hidden columns
  public record Place(
      String database,
      String table,
      Set<String> known,
      boolean hidden,
      long firstSeq,
      long ingestedMicros) {}

  /// Inserts the rows that fit.
  public String rowsInsert(FileDirectory files, Place place) {
    Map<String, String> values = new LinkedHashMap<>();
    for (FileColumn column : columns) {
      if (place.known().contains(column.name())) {
        values.put(column.name(), column.value());
      }
    }
    String condition = misfits == 0 ? "" : " AND " + fits();
    return insert(files, place, values, condition);
  }

  /// Puts the rows that do not fit into quarantine, with the reasons.
  public String misfitsInsert(FileDirectory files, Place place) {
    String names = filtered(column -> ColumnCast.literal(column.name()));
    String reasons = "arrayConcat(" + filtered(FileSegment::reason) + ", " + unsatisfied() + ")";
    return quarantineInsert(files, place, names, reasons, " AND NOT " + fits());
  }

  /// Puts all rows into quarantine for one reason, the statement's parameter `reason`.
  public String refusedInsert(FileDirectory files, Place place) {
    return quarantineInsert(files, place, "CAST([], 'Array(String)')", "[{reason:String}]", "");
  }

  private String quarantineInsert(
      FileDirectory files, Place place, String names, String reasons, String condition) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("c__error_column", names);
    values.put("c__error", reasons);
    values.put("c__import_id", ColumnCast.literal(importId));
    for (FileColumn column : columns) {
      values.put(column.name(), text(column));
    }
    values.keySet().retainAll(place.known());
    return insert(files, place, values, condition);
  }

  private String insert(
      FileDirectory files, Place place, Map<String, String> values, String condition) {
    Map<String, String> all = new LinkedHashMap<>(values);
    if (place.hidden()) {
      all.put(NativeWriter.SEQ, "toUInt64(" + (place.firstSeq() - fromRow) + " + _row_number)");
      all.put(
          NativeWriter.INGESTED_AT,
          "fromUnixTimestamp64Micro(toInt64(" + place.ingestedMicros() + "), 'UTC')");
    }
    return "INSERT INTO "
        + Identifiers.quote(place.database())
        + "."
        + Identifiers.quote(place.table())
        + all.keySet().stream().map(Identifiers::quote).collect(Collectors.joining(", ", " (", ")"))
        + " SELECT "
        + String.join(", ", all.values())
        + " FROM "
        + ParquetFile.table(files.path(file))
        + " WHERE _row_number >= "
        + fromRow
        + " AND _row_number < "
        + (fromRow + rows)
        + condition;
  }

  private String fits() {
    return fits(columns, conditions);
  }

  static String fits(List<FileColumn> columns, List<Condition> conditions) {
    String fits = fits(columns);
    return conditions.isEmpty()
        ? fits
        : "("
            + fits
            + conditions.stream()
                .map(Condition::holds)
                .collect(Collectors.joining(" AND ", " AND ", ")"));
  }

  /// The reasons of conditions; of a row that does not fit nothing more is said.
  private String unsatisfied() {
    if (conditions.isEmpty()) {
      return "[]";
    }
    return "if("
        + fits(columns)
        + ", arrayFilter(x -> x != '', ["
        + conditions.stream()
            .map(one -> "if(" + one.holds() + ", '', " + ColumnCast.literal(one.reason()) + ")")
            .collect(Collectors.joining(", "))
        + "]), CAST([], 'Array(String)'))";
  }

  static String fits(List<FileColumn> columns) {
    List<String> conditions =
        columns.stream()
            .map(FileColumn::fits)
            .filter(fits -> !fits.equals(ColumnCast.ALWAYS))
            .toList();
    return conditions.isEmpty() ? ColumnCast.ALWAYS : "(" + String.join(" AND ", conditions) + ")";
  }

  private String filtered(java.util.function.Function<FileColumn, String> said) {
    List<String> each = new ArrayList<>();
    for (FileColumn column : columns) {
      if (!column.fits().equals(ColumnCast.ALWAYS)) {
        each.add("if(" + column.fits() + ", '', " + said.apply(column) + ")");
      }
    }
    return "arrayFilter(x -> x != '', [" + String.join(", ", each) + "])";
  }

  private static String reason(FileColumn column) {
    return "concat("
        + "if(isNull("
        + text(column)
        + "), 'value null', concat('value \\'', assumeNotNull("
        + text(column)
        + "), '\\'')), "
        + ColumnCast.literal(" on column '" + column.name() + "' is not " + column.type())
        + ")";
  }

  private static String text(FileColumn column) {
    return "toString(" + column.source() + ")";
  }
}
