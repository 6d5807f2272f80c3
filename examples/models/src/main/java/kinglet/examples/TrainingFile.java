// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The rows of a training set, as `training-set get NAME -o NAME.ndjson` writes them, by time.
record TrainingFile(List<Row> rows) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT =
      new TypeReference<>() {};
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  /// @param positive whether what the label says happened
  record Row(LocalDateTime time, boolean positive, Map<String, @Nullable Object> columns) {}

  /// Rows to learn from, and later ones to be judged by.
  record Split(List<Row> training, List<Row> heldOut, LocalDateTime cut) {}

  static TrainingFile read(Path file, String time, String label) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(row(line, time, label));
      }
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw new IOException(file + ", line " + (rows.size() + 1) + ": " + e.getMessage(), e);
    }
    rows.sort(Comparator.comparing(Row::time));
    return new TrainingFile(rows);
  }

  private static Row row(String line, String time, String label) {
    Map<String, @Nullable Object> columns = MAPPER.readValue(line, OBJECT);
    Double happened = Model.number(columns, label);
    if (happened == null) {
      throw new IllegalArgumentException("the label '" + label + "' is null");
    }
    String at = String.valueOf(Model.column(columns, time));
    return new Row(LocalDateTime.parse(at, TIME), happened != 0, columns);
  }

  /// Cuts at a midnight, so that the later days are about a quarter of the rows.
  Split split() {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("the training set has no rows");
    }
    LocalDateTime cut = rows.get(rows.size() * 3 / 4).time().toLocalDate().atStartOfDay();
    List<Row> training = rows.stream().filter(row -> row.time().isBefore(cut)).toList();
    List<Row> heldOut = rows.stream().filter(row -> !row.time().isBefore(cut)).toList();
    if (training.isEmpty()) {
      throw new IllegalArgumentException(
          "most rows are of one day, "
              + cut.toLocalDate()
              + ": earlier days are needed to learn from");
    }
    return new Split(training, heldOut, cut);
  }
}
