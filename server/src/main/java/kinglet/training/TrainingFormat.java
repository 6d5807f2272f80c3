// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a training set is written.
public enum TrainingFormat {
  PARQUET("Parquet", "application/vnd.apache.parquet"),
  ARROW("Arrow", "application/vnd.apache.arrow.file"),
  CSV("CSVWithNames", "text/csv; charset=utf-8"),
  NDJSON("JSONEachRow", "application/x-ndjson; charset=utf-8");

  private final String clickHouseName;
  private final String contentType;

  TrainingFormat(String clickHouseName, String contentType) {
    this.clickHouseName = clickHouseName;
    this.contentType = contentType;
  }

  String clickHouseName() {
    return clickHouseName;
  }

  public String contentType() {
    return contentType;
  }

  /// The name on the wire, which is the extension of a file too.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<TrainingFormat> find(String word) {
    return Arrays.stream(values()).filter(format -> format.word().equals(word)).findFirst();
  }

  static TrainingFormat of(String word) {
    return find(word)
        .orElseThrow(() ->
            TrainingRequest.invalid(
                "format='"
                    + word
                    + "' is none of "
                    + Arrays.stream(values())
                        .map(TrainingFormat::word)
                        .collect(Collectors.joining(", "))));
  }
}
