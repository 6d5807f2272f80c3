// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.error.PlatformException;
import kinglet.ingest.decode.CsvDialect;
import kinglet.ingest.decode.CsvFields;

/// The lines of a CSV sample: how they are written, what their fields are called, what they hold.
final class CsvSample {
  private static final byte[] DELIMITERS = {',', ';', '\t', '|'};
  private static final int GUESSING_LINES = 20;

  private final List<List<String>> lines = new ArrayList<>();
  private final List<List<Boolean>> lacking = new ArrayList<>();

  CsvSample(byte[] text, CsvDialect dialect, int rowsMax) {
    CsvFields fields = new CsvFields(text, dialect);
    while (lines.size() < rowsMax && fields.next()) {
      if (!fields.isOpen()) {
        List<String> line = new ArrayList<>();
        List<Boolean> none = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          line.add(fields.field(i));
          none.add(fields.isNone(i));
        }
        lines.add(line);
        lacking.add(none);
      }
    }
  }

  /// The dialect whose delimiter cuts the first lines into the most fields, the same number each.
  static CsvDialect dialect(byte[] text, CsvDialect given) {
    CsvDialect best = given;
    int fieldsMost = 1;
    for (byte delimiter : DELIMITERS) {
      CsvDialect tried =
          new CsvDialect(delimiter, given.quote(), given.escape(), given.newline(), given.header());
      List<List<String>> lines = new CsvSample(text, tried, GUESSING_LINES).lines;
      int fields = lines.isEmpty() ? 0 : lines.getFirst().size();
      if (fields > fieldsMost && lines.stream().allMatch(line -> line.size() == fields)) {
        fieldsMost = fields;
        best = tried;
      }
    }
    return best;
  }

  Analysis analyze(CsvDialect.Header header, boolean guessTypes, int previewRows) {
    if (lines.isEmpty()) {
      throw new PlatformException(InferenceError.NO_ROWS, "The sample holds no line of CSV");
    }
    List<String> first = lines.getFirst();
    boolean named =
        switch (header) {
          case PRESENT -> true;
          case ABSENT -> false;
          case DETECTED -> looksLikeNames(first);
        };
    List<TypeGuess> guesses = new ArrayList<>();
    first.forEach(_ -> guesses.add(new TypeGuess()));
    long[] present = new long[first.size()];
    long rows = 0;
    List<Integer> shown = new ArrayList<>();
    for (int line = named ? 1 : 0; line < lines.size(); line++) {
      if (lines.get(line).size() == first.size()) {
        rows++;
        if (shown.size() < previewRows) {
          shown.add(line);
        }
        for (int i = 0; i < first.size(); i++) {
          if (!lacking.get(line).get(i)) {
            present[i]++;
            value(guesses.get(i), lines.get(line).get(i), guessTypes);
          }
        }
      }
    }
    List<Analysis.Field> fields = new ArrayList<>();
    ColumnNames names = new ColumnNames();
    for (int i = 0; i < first.size(); i++) {
      String wish =
          named ? CsvFields.columnName(first.get(i)) : (i < 10 ? "column_0" : "column_") + i;
      String type = type(guesses.get(i), present[i] < rows, i);
      fields.add(
          new Analysis.Field(
              names.of(wish), null, type, type, rows == 0 ? 0 : (double) present[i] / rows));
    }
    return new Analysis(fields, rows, shown.stream().map(line -> row(fields, line)).toList());
  }

  /// A text that is not there is empty, but for `\\N`.
  private String type(TypeGuess guess, boolean lacks, int field) {
    String plain = guess.type(false, true);
    boolean isText = plain.equals("String") || plain.equals("LowCardinality(String)");
    boolean none =
        lines.stream().anyMatch(line -> field < line.size() && line.get(field).equals("\\N"));
    return guess.type(lacks && (!isText || none), true);
  }

  private static void value(TypeGuess guess, String text, boolean guessTypes) {
    if (guessTypes) {
      guess.field(text);
    } else {
      guess.text(text);
    }
  }

  private static boolean looksLikeNames(List<String> line) {
    return line.stream().noneMatch(field -> field.isBlank() || TypeGuess.isValue(field))
        && line.stream().map(CsvFields::columnName).distinct().count() == line.size();
  }

  private Map<String, Object> row(List<Analysis.Field> fields, int line) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      boolean none = lacking.get(line).get(i) && fields.get(i).type().startsWith("Nullable(");
      row.put(fields.get(i).name(), none ? null : lines.get(line).get(i));
    }
    return row;
  }
}
