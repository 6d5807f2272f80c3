// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the `KAFKA_*` and `IMPORT_*` instructions of a data source.
final class DataSourceConnections {
  private static final Set<String> KAFKA_REQUIRED =
      Set.of("KAFKA_CONNECTION_NAME", "KAFKA_TOPIC", "KAFKA_GROUP_ID");
  private static final Set<String> BUCKET_REQUIRED =
      Set.of("IMPORT_CONNECTION_NAME", "IMPORT_BUCKET_URI", "IMPORT_SCHEDULE");
  private static final Pattern TIMESTAMP =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?Z?)?");

  private DataSourceConnections() {}

  static void read(Statement statement, Map<String, String> settings, Findings findings) {
    String instruction = statement.instruction();
    switch (instruction) {
      case "KAFKA_AUTO_OFFSET_RESET" ->
          settings.put(instruction, Values.oneOf(statement, "earliest", "latest"));
      case "KAFKA_STORE_RAW_VALUE", "KAFKA_STORE_HEADERS" ->
          settings.put(instruction, Values.oneOf(statement, "True", "False"));
      case "KAFKA_KEY_FORMAT", "KAFKA_VALUE_FORMAT" ->
          settings.put(
              instruction,
              Values.oneOf(statement, "avro", "json_with_schema", "json_without_schema"));
      case "KAFKA_TARGET_PARTITIONS" ->
          findings.warning(statement.place(), instruction + " is deprecated; it is ignored");
      case "KAFKA_STORE_BINARY_HEADERS" ->
          deprecated(statement, settings, findings, "use KAFKA_STORE_HEADERS");
      case "KAFKA_KEY_AVRO_DESERIALIZATION" ->
          deprecated(statement, settings, findings, "use KAFKA_KEY_FORMAT");
      case "IMPORT_STRATEGY" ->
          deprecated(statement, settings, findings, "imported rows are appended");
      case "IMPORT_SERVICE" -> deprecated(statement, settings, findings, "the connection says it");
      case "IMPORT_SCHEDULE" ->
          settings.put(instruction, Cron.schedule(statement, "@auto", "@on-demand", "@once"));
      case "IMPORT_FROM_TIMESTAMP" ->
          settings.put(
              instruction, matching(statement, TIMESTAMP, "a time such as 2026-01-31T00:00:00Z"));
      default -> settings.put(instruction, Values.required(statement));
    }
  }

  /// Kept, so that projects written for it deploy and are given back as they were.
  private static void deprecated(
      Statement statement, Map<String, String> settings, Findings findings, String instead) {
    String instruction = statement.instruction();
    findings.warning(statement.place(), instruction + " is deprecated; " + instead);
    settings.put(instruction, statement.value());
  }

  private static String matching(Statement statement, Pattern pattern, String expected) {
    String value = Values.required(statement);
    if (!pattern.matcher(value).matches()) {
      throw new DatafileProblem(
          statement.rest().place(),
          statement.instruction() + " must be " + expected + ", not '" + value + "'");
    }
    return value;
  }

  /// Checks that what belongs together is there together.
  static void check(
      String path, Map<String, String> settings, Map<String, Place> places, Findings findings) {
    List<String> kafka =
        settings.keySet().stream().filter(key -> key.startsWith("KAFKA_")).toList();
    List<String> imports =
        settings.keySet().stream().filter(key -> key.startsWith("IMPORT_")).toList();
    if (!kafka.isEmpty()) {
      requireAll(KAFKA_REQUIRED, kafka, path, places, findings);
    }
    if (imports.contains("IMPORT_BUCKET_URI")) {
      requireAll(BUCKET_REQUIRED, imports, path, places, findings);
    } else if (!imports.isEmpty()
        && !imports.contains("IMPORT_CONNECTION_NAME")
        && !imports.contains("IMPORT_SERVICE")) {
      requireAll(BUCKET_REQUIRED, imports, path, places, findings);
    }
    if (!kafka.isEmpty() && !imports.isEmpty()) {
      findings.error(
          places.getOrDefault(imports.getFirst(), new Place(path, 1, 1)),
          "A data source is fed by Kafka or by imports, not by both");
    }
  }

  private static void requireAll(
      Set<String> required,
      List<String> given,
      String path,
      Map<String, Place> places,
      Findings findings) {
    List<String> missing =
        required.stream().filter(name -> !given.contains(name)).sorted().toList();
    if (!missing.isEmpty()) {
      findings.error(
          places.getOrDefault(given.getFirst(), new Place(path, 1, 1)),
          "These must stand together: "
              + String.join(", ", required.stream().sorted().toList())
              + "; missing: "
              + String.join(", ", missing));
    }
  }
}
