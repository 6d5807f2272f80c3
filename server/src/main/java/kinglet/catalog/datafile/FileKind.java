// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The kinds of files that describe a resource, with the instructions each knows.
public enum FileKind {
  DATASOURCE(
      "datasource",
      "datasources",
      Set.of("DESCRIPTION", "SCHEMA", "INDEXES", "EXPECTATIONS", "FORWARD_QUERY", "SHARED_WITH"),
      Set.of(
          "TOKEN",
          "WEBHOOK",
          "WEBHOOK_SECRET",
          "BACKFILL",
          "TAGS",
          "VERSION",
          "INCLUDE",
          "SOURCE",
          "MAINTAINER",
          "KAFKA_CONNECTION_NAME",
          "KAFKA_TOPIC",
          "KAFKA_GROUP_ID",
          "KAFKA_AUTO_OFFSET_RESET",
          "KAFKA_STORE_RAW_VALUE",
          "KAFKA_STORE_HEADERS",
          "KAFKA_KEY_FORMAT",
          "KAFKA_VALUE_FORMAT",
          "KAFKA_TARGET_PARTITIONS",
          "KAFKA_STORE_BINARY_HEADERS",
          "KAFKA_KEY_AVRO_DESERIALIZATION",
          "IMPORT_CONNECTION_NAME",
          "IMPORT_BUCKET_URI",
          "IMPORT_SCHEDULE",
          "IMPORT_FROM_TIMESTAMP",
          "IMPORT_FORMAT",
          "IMPORT_SERVICE",
          "IMPORT_STRATEGY",
          "IMPORT_EXTERNAL_DATASOURCE",
          "IMPORT_QUERY",
          "IMPORT_TABLE_ARN",
          "IMPORT_EXPORT_BUCKET"),
      Table.INSTRUCTIONS),
  PIPE(
      "pipe",
      "pipes",
      Set.of("DESCRIPTION", "SQL"),
      Set.of(
          "NODE",
          "TOKEN",
          "TAGS",
          "VERSION",
          "INCLUDE",
          "TYPE",
          "CACHE",
          "FEATURE_DELAY",
          "DATASOURCE",
          "DEPLOYMENT_METHOD",
          "TARGET_DATASOURCE",
          "TARGET_WORKSPACE",
          "TARGET_TOKEN",
          "COPY_SCHEDULE",
          "COPY_MODE",
          "MODE",
          "COPY_TIMEZONE",
          "ON_DEMAND_COMPUTE",
          "EXPORT_CONNECTION_NAME",
          "EXPORT_KAFKA_TOPIC",
          "EXPORT_SCHEDULE",
          "EXPORT_BUCKET_URI",
          "EXPORT_FILE_TEMPLATE",
          "EXPORT_FORMAT",
          "EXPORT_COMPRESSION",
          "EXPORT_WRITE_STRATEGY",
          "EXPORT_STRATEGY",
          "EXPORT_SERVICE",
          "ENTITY",
          "EVENT_TIME",
          "TTL",
          "TILE",
          "SOURCE",
          "MAINTAINER"),
      Table.INSTRUCTIONS),
  CONNECTION(
      "connection",
      "connections",
      Set.of("DESCRIPTION", "KAFKA_SSL_CA_PEM", "GCS_SERVICE_ACCOUNT_CREDENTIALS_JSON"),
      Set.of(
          "TYPE",
          "VERSION",
          "INCLUDE",
          "TAGS",
          "KAFKA_BOOTSTRAP_SERVERS",
          "KAFKA_SECURITY_PROTOCOL",
          "KAFKA_SASL_MECHANISM",
          "KAFKA_KEY",
          "KAFKA_SECRET",
          "KAFKA_SCHEMA_REGISTRY_URL",
          "KAFKA_SASL_OAUTHBEARER_METHOD",
          "KAFKA_SASL_OAUTHBEARER_AWS_REGION",
          "KAFKA_SASL_OAUTHBEARER_AWS_ROLE_ARN",
          "KAFKA_SASL_OAUTHBEARER_AWS_EXTERNAL_ID",
          "S3_REGION",
          "S3_ARN",
          "S3_ACCESS_KEY",
          "S3_SECRET",
          "GCS_HMAC_ACCESS_ID",
          "GCS_HMAC_SECRET",
          "GCS_ACCESS_ID",
          "GCS_SECRET",
          "DYNAMODB_REGION",
          "DYNAMODB_ARN"),
      Set.of()),
  MONITOR(
      "monitor",
      "features",
      Set.of("DESCRIPTION", "DISTANCES"),
      Set.of(
          "FEATURES",
          "REFERENCE",
          "WINDOW",
          "VALUES_MIN",
          "SCHEDULE",
          "WEBHOOK",
          "WEBHOOK_SECRET",
          "INCLUDE"),
      Set.of());

  /// What describes a table: a data source's own, or the one a materialized pipe fills.
  private static final class Table {
    static final Set<String> INSTRUCTIONS =
        Set.of(
            "ENGINE",
            "ENGINE_SORTING_KEY",
            "ENGINE_PARTITION_KEY",
            "ENGINE_PRIMARY_KEY",
            "ENGINE_SAMPLING_KEY",
            "ENGINE_TTL",
            "ENGINE_VER",
            "ENGINE_IS_DELETED",
            "ENGINE_SIGN",
            "ENGINE_VERSION",
            "ENGINE_SUMMING_COLUMNS",
            "ENGINE_COLUMNS",
            "ENGINE_KEY_COLUMNS",
            "ENGINE_JOIN_STRICTNESS",
            "ENGINE_JOIN_TYPE",
            "ENGINE_SETTINGS");
  }

  private final String word;
  private final String folder;
  private final Set<String> blocks;
  private final Set<String> instructions;

  /// @param table the instructions that describe a table, of the kinds that can
  FileKind(String word, String folder, Set<String> blocks, Set<String> lines, Set<String> table) {
    this.word = word;
    this.folder = folder;
    this.blocks = blocks;
    this.instructions = new HashSet<>(blocks);
    this.instructions.addAll(lines);
    this.instructions.addAll(table);
  }

  /// The extension, which is also the word the messages use.
  public String word() {
    return word;
  }

  /// The folder of a project where a new file of this kind lies.
  public String folder() {
    return folder;
  }

  /// Whether an instruction, in upper case, is one of this kind's.
  boolean knows(String instruction) {
    return instructions.contains(instruction);
  }

  Set<String> instructions() {
    return instructions;
  }

  /// Whether an instruction may have a block of lines.
  boolean takesBlock(String instruction) {
    return blocks.contains(instruction);
  }

  /// What a file describes, by its extension.
  public static Optional<FileKind> of(ProjectFile file) {
    return Arrays.stream(values()).filter(kind -> kind.word.equals(file.extension())).findFirst();
  }
}
