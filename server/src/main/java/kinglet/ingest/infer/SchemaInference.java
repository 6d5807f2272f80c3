// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.error.PlatformException;
import kinglet.ingest.decode.CsvDialect;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Guesses columns from the beginning of a file.
///
/// @param rowsMax how many rows are looked at
/// @param guessTypes whether values are more than texts
public record SchemaInference(int rowsMax, boolean guessTypes) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final JsonMapper STREAM_MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final int PREVIEW_ROWS = 10;
  private static final int COLUMNS_MAX = 500;

  /// Columns for CSV.
  ///
  /// @param complete whether the sample is the whole file; otherwise its last line is left out
  /// @param dialect how it is written, or null to find out
  public Analysis csv(byte[] sample, boolean complete, @Nullable CsvDialect dialect) {
    byte[] whole = complete ? sample : wholeLines(sample);
    CsvDialect used = dialect == null ? CsvSample.dialect(whole, CsvDialect.STANDARD) : dialect;
    return checked(
        new CsvSample(whole, used, rowsMax).analyze(used.header(), guessTypes, PREVIEW_ROWS));
  }

  /// Columns for JSON rows: one object a line, or one document.
  public Analysis json(byte[] sample, boolean complete) {
    List<JsonNode> rows = lines(complete ? sample : wholeLines(sample));
    if (rows.isEmpty()) {
      rows = document(sample);
    }
    if (rows.isEmpty()) {
      throw new PlatformException(
          InferenceError.NO_ROWS, "The sample holds no JSON object; send one object a line");
    }
    JsonShape shape = JsonShape.ofRows();
    rows.forEach(row -> shape.add(row, guessTypes));
    List<Analysis.Field> fields = new ArrayList<>();
    List<JsonShape.Found> found = shape.columns(rows.size());
    ColumnNames names = new ColumnNames();
    for (JsonShape.Found column : found) {
      fields.add(
          new Analysis.Field(
              names.of(String.join("_", column.words())),
              column.path(),
              column.element(),
              column.type(),
              (double) column.present() / rows.size()));
    }
    List<Map<String, Object>> preview = new ArrayList<>();
    for (JsonNode row : rows.subList(0, Math.min(PREVIEW_ROWS, rows.size()))) {
      Map<String, Object> shown = new LinkedHashMap<>();
      for (int i = 0; i < found.size(); i++) {
        shown.put(fields.get(i).name(), value(row, found.get(i).steps(), 0));
      }
      preview.add(shown);
    }
    return checked(new Analysis(fields, rows.size(), preview));
  }

  /// Columns for a file whose columns have types already.
  ///
  /// @param columns types by name
  /// @param head the first rows as JSON objects, a line each
  public static Analysis typed(Map<String, DataType> columns, long rows, String head) {
    List<Analysis.Field> fields = new ArrayList<>();
    List<List<String>> keys = new ArrayList<>();
    ColumnNames names = new ColumnNames();
    columns.forEach((name, type) -> flatten(List.of(name), type, names, fields, keys));
    List<Map<String, Object>> preview = new ArrayList<>();
    for (String line : head.lines().toList()) {
      JsonNode row = MAPPER.readTree(line);
      Map<String, Object> shown = new LinkedHashMap<>();
      for (int i = 0; i < fields.size(); i++) {
        shown.put(fields.get(i).name(), value(row, keys.get(i), 0));
      }
      preview.add(shown);
    }
    return checked(new Analysis(fields, rows, preview));
  }

  private static void flatten(
      List<String> words,
      DataType type,
      ColumnNames names,
      List<Analysis.Field> fields,
      List<List<String>> keys) {
    boolean named =
        type instanceof DataType.Tuple(var elements)
            && elements.stream().allMatch(element -> element.name() != null);
    if (named && type instanceof DataType.Tuple(var elements)) {
      elements.forEach(element ->
          flatten(
              JsonShape.plus(words, String.valueOf(element.name())),
              element.type(),
              names,
              fields,
              keys));
      return;
    }
    boolean array = type instanceof DataType.Array;
    String element = type instanceof DataType.Array(var inner) ? inner.sql() : type.sql();
    fields.add(
        new Analysis.Field(
            names.of(String.join("_", words)),
            JsonShape.path(words) + (array ? "[:]" : ""),
            element,
            type.sql(),
            1));
    keys.add(words);
  }

  /// How CSV of this beginning is written.
  public static CsvDialect dialect(byte[] sample, boolean complete) {
    return CsvSample.dialect(complete ? sample : wholeLines(sample), CsvDialect.STANDARD);
  }

  private static Analysis checked(Analysis analysis) {
    if (analysis.fields().isEmpty()) {
      throw new PlatformException(InferenceError.NO_ROWS, "The rows of the sample have no column");
    }
    if (analysis.fields().size() > COLUMNS_MAX) {
      throw new PlatformException(
          InferenceError.TOO_MANY_COLUMNS,
          "The rows have "
              + analysis.fields().size()
              + " columns, more than the "
              + COLUMNS_MAX
              + " a schema is guessed for; give the schema");
    }
    return analysis;
  }

  private static byte[] wholeLines(byte[] sample) {
    int end = sample.length;
    while (end > 0 && sample[end - 1] != '\n') {
      end--;
    }
    return end == 0 ? sample : Arrays.copyOf(sample, end);
  }

  private List<JsonNode> lines(byte[] sample) {
    List<JsonNode> rows = new ArrayList<>();
    int from = 0;
    while (from < sample.length && rows.size() < rowsMax) {
      int to = from;
      while (to < sample.length && sample[to] != '\n') {
        to++;
      }
      try {
        JsonNode row = MAPPER.readTree(sample, from, to - from);
        if (row.isObject()) {
          rows.add(row);
        }
      } catch (JacksonException _) {
        // Not a row: it would go to the quarantine.
        from = to;
      }
      from = to + 1;
    }
    return rows;
  }

  /// The objects of a document as far as it goes.
  private List<JsonNode> document(byte[] sample) {
    List<JsonNode> rows = new ArrayList<>();
    try (JsonParser parser = STREAM_MAPPER.createParser(sample)) {
      JsonToken token = parser.nextToken();
      token = token == JsonToken.START_ARRAY ? parser.nextToken() : token;
      while (token == JsonToken.START_OBJECT && rows.size() < rowsMax) {
        rows.add(STREAM_MAPPER.readTree(parser));
        token = parser.nextToken();
      }
    } catch (JacksonException _) {
      return rows;
    }
    return rows;
  }

  private static @Nullable Object value(
      JsonNode node, List<? extends @Nullable String> steps, int at) {
    if (node.isMissingNode() || node.isNull() || at == steps.size()) {
      return node.isMissingNode() || node.isNull() ? null : node;
    }
    String step = steps.get(at);
    if (step != null) {
      return value(node.path(step), steps, at + 1);
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (JsonNode each : node) {
      values.add(value(each, steps, at + 1));
    }
    return values;
  }
}
