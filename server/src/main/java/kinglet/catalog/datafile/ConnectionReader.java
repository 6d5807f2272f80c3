// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads one `.connection` file.
final class ConnectionReader {
  private final ProjectFile file;
  private final Findings findings;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, Place> places = new LinkedHashMap<>();

  ConnectionReader(ProjectFile file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  ConnectionFile read(List<Statement> statements) {
    for (Statement statement : statements) {
      try {
        if (places.put(statement.instruction(), statement.place()) != null) {
          throw new DatafileProblem(statement.place(), statement.instruction() + " stands twice");
        }
        apply(statement);
      } catch (DatafileProblem problem) {
        findings.error(problem.place(), problem.text());
      }
    }
    Place start = new Place(file.path(), 1, 1);
    String type = settings.getOrDefault("TYPE", "").toLowerCase(Locale.ROOT);
    if (!places.containsKey("TYPE")) {
      findings.error(start, "TYPE is mandatory: kafka, s3, gcs or dynamodb");
    } else {
      checkSettings(type);
    }
    Map<String, String> rest = new LinkedHashMap<>(settings);
    rest.remove("TYPE");
    return new ConnectionFile(file.path(), file.resourceName(), type, rest, places);
  }

  private void apply(Statement statement) {
    String instruction = statement.instruction();
    switch (instruction) {
      case "TYPE" ->
          settings.put(instruction, Values.oneOf(statement, "kafka", "s3", "gcs", "dynamodb"));
      case "KAFKA_SECURITY_PROTOCOL" ->
          settings.put(
              instruction, Values.oneOf(statement, "SASL_SSL", "SASL_PLAINTEXT", "PLAINTEXT"));
      case "KAFKA_SASL_MECHANISM" ->
          settings.put(
              instruction,
              Values.oneOf(statement, "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"));
      case "KAFKA_SASL_OAUTHBEARER_METHOD" ->
          settings.put(instruction, Values.oneOf(statement, "AWS"));
      case "GCS_ACCESS_ID" -> put("GCS_HMAC_ACCESS_ID", statement);
      case "GCS_SECRET" -> put("GCS_HMAC_SECRET", statement);
      case "VERSION" -> findings.warning(statement.place(), "VERSION is deprecated; it is ignored");
      case "INCLUDE" ->
          throw new DatafileProblem(statement.place(), "INCLUDE must start in the first column");
      default -> settings.put(instruction, statement.value());
    }
  }

  /// Keeps a setting under its other name.
  private void put(String name, Statement statement) {
    settings.put(name, statement.value());
    places.put(name, statement.place());
  }

  private void checkSettings(String type) {
    String prefix =
        switch (type) {
          case "kafka" -> "KAFKA_";
          case "gcs" -> "GCS_";
          case "dynamodb" -> "DYNAMODB_";
          default -> "S3_";
        };
    for (String name : settings.keySet()) {
      boolean other =
          List.of("KAFKA_", "S3_", "GCS_", "DYNAMODB_").stream()
              .anyMatch(known -> name.startsWith(known) && !known.equals(prefix));
      if (other) {
        findings.error(
            places.getOrDefault(name, new Place(file.path(), 1, 1)),
            name + " does not belong to a connection of type " + type);
      }
    }
    switch (type) {
      case "kafka" -> require("KAFKA_BOOTSTRAP_SERVERS");
      case "s3" -> {
        require("S3_REGION");
        boolean keys = settings.containsKey("S3_ACCESS_KEY") && settings.containsKey("S3_SECRET");
        if (!settings.containsKey("S3_ARN") && !keys) {
          missing("S3_ARN, or both S3_ACCESS_KEY and S3_SECRET");
        }
      }
      case "gcs" -> {
        boolean keys =
            settings.containsKey("GCS_HMAC_ACCESS_ID") && settings.containsKey("GCS_HMAC_SECRET");
        if (!settings.containsKey("GCS_SERVICE_ACCOUNT_CREDENTIALS_JSON") && !keys) {
          missing(
              "GCS_SERVICE_ACCOUNT_CREDENTIALS_JSON, or both GCS_HMAC_ACCESS_ID and"
                  + " GCS_HMAC_SECRET");
        }
      }
      default -> {}
    }
  }

  private void require(String name) {
    if (settings.getOrDefault(name, "").isBlank()) {
      missing(name);
    }
  }

  private void missing(String what) {
    findings.error(
        places.getOrDefault("TYPE", new Place(file.path(), 1, 1)), "The connection needs " + what);
  }
}
