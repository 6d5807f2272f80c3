// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.error.PlatformException;

/// How an answer is written.
public enum AnswerFormat {
  JSON("JSON", "application/json; charset=utf-8", "json"),
  CSV("CSV", "text/csv; charset=utf-8", null),
  CSV_WITH_NAMES("CSVWithNames", "text/csv; charset=utf-8", "csv"),
  TSV("TSV", "text/tab-separated-values; charset=utf-8", null),
  TSV_WITH_NAMES("TSVWithNames", "text/tab-separated-values; charset=utf-8", null),
  PRETTY_COMPACT("PrettyCompact", "text/plain; charset=utf-8", null),
  JSON_EACH_ROW("JSONEachRow", "application/x-ndjson; charset=utf-8", "ndjson"),
  PARQUET("Parquet", "application/octet-stream", "parquet"),
  /// With its types; for what the platform reads itself.
  NATIVE("Native", "application/octet-stream", null),
  ARROW_STREAM("ArrowStream", "application/vnd.apache.arrow.stream", "arrow"),
  PROMETHEUS("Prometheus", "text/plain; version=0.0.4; charset=utf-8", "prometheus");

  private static final Map<String, AnswerFormat> BY_EXTENSION = extensions();

  private final String clickHouseName;
  private final String contentType;
  private final Optional<String> extension;

  AnswerFormat(
      String clickHouseName,
      String contentType,
      @org.jspecify.annotations.Nullable String extension) {
    this.clickHouseName = clickHouseName;
    this.contentType = contentType;
    this.extension = Optional.ofNullable(extension);
  }

  /// The format's name in a FORMAT clause.
  public String clickHouseName() {
    return clickHouseName;
  }

  public String contentType() {
    return contentType;
  }

  private static Map<String, AnswerFormat> extensions() {
    Map<String, AnswerFormat> formats = new HashMap<>();
    for (AnswerFormat format : values()) {
      format.extension.ifPresent(extension -> formats.put(extension, format));
    }
    formats.put("csvwithnames", CSV_WITH_NAMES);
    return Map.copyOf(formats);
  }

  /// The format of an endpoint's extension, such as `json` or `csvwithnames`.
  public static Optional<AnswerFormat> byExtension(String extension) {
    return Optional.ofNullable(BY_EXTENSION.get(extension.toLowerCase(Locale.ROOT)));
  }

  /// The format of a FORMAT clause; other formats of ClickHouse are not offered.
  public static AnswerFormat byClause(String name) {
    String plain =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "tabseparated" -> "TSV";
          case "tabseparatedwithnames" -> "TSVWithNames";
          case "ndjson", "jsonlines" -> "JSONEachRow";
          default -> name;
        };
    return offered()
        .filter(format -> format.clickHouseName.equalsIgnoreCase(plain))
        .findFirst()
        .orElseThrow(() ->
            new PlatformException(
                QueryError.UNKNOWN_FORMAT,
                "The format '"
                    + name
                    + "' is not offered; use one of "
                    + offered()
                        .map(AnswerFormat::clickHouseName)
                        .collect(Collectors.joining(", "))));
  }

  private static Stream<AnswerFormat> offered() {
    return Arrays.stream(values()).filter(format -> format != NATIVE);
  }
}
