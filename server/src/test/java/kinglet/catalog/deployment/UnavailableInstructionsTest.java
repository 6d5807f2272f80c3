// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import kinglet.catalog.Finding;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.Project;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.datafile.ProjectReader;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;

/// What the page on compatibility calls "not yet" is read, and a deployment says that it is kept
/// only.
final class UnavailableInstructionsTest {
  /// What a file has before it can say anything else.
  private static final Set<String> FRAME = Set.of("SCHEMA", "NODE", "SQL", "TYPE");

  private static final String SCHEMA = "SCHEMA >\n    a Int32 `json:$.a`\n";
  private static final String NODE = "NODE n\nSQL >\n    SELECT 1 AS a\n";
  private static final List<ProjectFile> CONNECTIONS =
      List.of(
          new ProjectFile("kafka.connection", "TYPE kafka\nKAFKA_BOOTSTRAP_SERVERS one:9092\n"),
          new ProjectFile("s3.connection", "TYPE s3\nS3_REGION eu-west-1\nS3_ARN arn:aws:iam::1\n"),
          new ProjectFile("plain.datasource", SCHEMA));
  private static final List<ProjectFile> KEPT_ONLY =
      List.of(
          new ProjectFile(
              "topic.datasource",
              SCHEMA
                  + """
                  KAFKA_CONNECTION_NAME kafka
                  KAFKA_TOPIC t
                  KAFKA_GROUP_ID g
                  KAFKA_AUTO_OFFSET_RESET earliest
                  KAFKA_STORE_RAW_VALUE True
                  KAFKA_STORE_HEADERS True
                  KAFKA_KEY_FORMAT avro
                  KAFKA_VALUE_FORMAT json_without_schema
                  KAFKA_TARGET_PARTITIONS auto
                  KAFKA_STORE_BINARY_HEADERS True
                  KAFKA_KEY_AVRO_DESERIALIZATION none
                  """),
          new ProjectFile(
              "bucket.datasource",
              SCHEMA
                  + """
                  IMPORT_CONNECTION_NAME s3
                  IMPORT_BUCKET_URI s3://bucket/*.csv
                  IMPORT_SCHEDULE @auto
                  IMPORT_FROM_TIMESTAMP 2026-01-31T00:00:00Z
                  IMPORT_FORMAT csv
                  IMPORT_TABLE_ARN arn:aws:dynamodb:eu-west-1:1:table/t
                  IMPORT_EXPORT_BUCKET bucket
                  IMPORT_SERVICE s3
                  IMPORT_STRATEGY append
                  IMPORT_EXTERNAL_DATASOURCE d
                  IMPORT_QUERY SELECT 1
                  """),
          new ProjectFile(
              "bucket_sink.pipe",
              NODE
                  + """
                  TYPE sink
                  EXPORT_CONNECTION_NAME s3
                  EXPORT_BUCKET_URI s3://bucket
                  EXPORT_FILE_TEMPLATE rows
                  EXPORT_SCHEDULE @on-demand
                  EXPORT_FORMAT csv
                  EXPORT_COMPRESSION gz
                  EXPORT_WRITE_STRATEGY new
                  """),
          new ProjectFile(
              "strategy_sink.pipe",
              NODE
                  + """
                  TYPE sink
                  EXPORT_CONNECTION_NAME s3
                  EXPORT_BUCKET_URI s3://bucket
                  EXPORT_FILE_TEMPLATE rows
                  EXPORT_SCHEDULE @on-demand
                  EXPORT_STRATEGY @new
                  """),
          new ProjectFile(
              "topic_sink.pipe",
              NODE
                  + """
                  TYPE sink
                  EXPORT_CONNECTION_NAME kafka
                  EXPORT_KAFKA_TOPIC t
                  EXPORT_SCHEDULE @on-demand
                  """));

  @Test
  void everyInstructionThatIsKeptOnlyIsInAFile() {
    String files = String.join("\n", KEPT_ONLY.stream().map(ProjectFile::text).toList());
    for (String heading : List.of("Data source files", "Pipe files")) {
      for (CompatibilityPage.Row row : CompatibilityPage.rows(heading)) {
        for (String instruction : row.names()) {
          boolean there = files.lines().anyMatch(line -> line.startsWith(instruction + " "));
          assertThat(there && !FRAME.contains(instruction))
              .as(instruction)
              .isEqualTo(row.state().equals("not yet"));
        }
      }
    }
  }

  @Test
  void eachFileHasAWarning() {
    List<ProjectFile> files = new ArrayList<>(CONNECTIONS);
    files.addAll(KEPT_ONLY);
    Project project = new ProjectReader(false).read(files);
    Findings findings = new Findings(files);
    new ReferenceCheck(project, findings, _ -> false, (_, _) -> false).run();
    List<Finding> all = new ArrayList<>(project.findings());
    all.addAll(findings.all());
    assertThat(all).extracting(Finding::level).containsOnly(Finding.Level.WARNING);
    for (ProjectFile file : KEPT_ONLY) {
      assertThat(all)
          .anyMatch(finding ->
              file.path().equals(finding.file()) && finding.text().contains("not available yet"));
    }
  }
}
