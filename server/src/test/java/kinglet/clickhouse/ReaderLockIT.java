// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kinglet.error.PlatformException;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the engine itself refuses on readers' connections, whatever the rooms above let through.
final class ReaderLockIT {
  private static final TestEngine ENGINE = TestEngine.shared();
  private static final ClickHouse CLICKHOUSE = ENGINE.client();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE x (a Int8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE x (a Int8)",
        "CREATE DATABASE x",
        "CREATE FUNCTION f AS x -> x",
        "DROP DATABASE default",
        "INSERT INTO x VALUES (1)",
        "INSERT INTO FUNCTION file('x.csv') SELECT 1",
        "ALTER TABLE x DELETE WHERE 1",
        "SET readonly = 0",
        "SET max_threads = 1",
        "SET ROLE owner",
        "USE system",
        "KILL QUERY WHERE 1 ASYNC",
        "KILL QUERY WHERE query_id = 'x' ASYNC",
        "SYSTEM FLUSH LOGS",
        "BACKUP DATABASE default TO File('x')",
        "EXECUTE AS default SELECT 1",
        "SELECT 1 INTO OUTFILE '/tmp/kinglet-outfile'",
        "SELECT 1 INTO OUTFILE '/tmp/kinglet-outfile' FORMAT CSV",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT 1 SETTINGS max_memory_usage = 0, max_threads = 64",
        "SELECT 1 FORMAT CSV SETTINGS max_threads = 64",
        "SELECT 1; SELECT 2",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM filesystem('/etc')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
        "SELECT * FROM url('file:///etc/passwd', 'LineAsString')",
        "SELECT * FROM remote('127.0.0.1', system.one)",
        "SELECT * FROM remoteSecure('127.0.0.1', system.one)",
        "SELECT * FROM s3('https://bucket.s3.amazonaws.com/x.csv', 'CSV', 'a String')",
        "SELECT * FROM gcs('https://storage.googleapis.com/bucket/x.csv', 'CSV', 'a String')",
        "SELECT * FROM azureBlobStorage('x', 'y', 'z')",
        "SELECT * FROM hdfs('hdfs://host/x', 'CSV', 'a String')",
        "SELECT * FROM executable('ls', 'TSV', 'a String')",
        "SELECT * FROM postgresql('host:1', 'd', 't', 'u', 'p')",
        "SELECT * FROM mysql('host:1', 'd', 't', 'u', 'p')",
        "SELECT * FROM sqlite('/tmp/x', 't')",
        "SELECT * FROM mongodb('host:1', 'd', 'c', 'u', 'p', 'a String')",
        "SELECT * FROM redis('host:1', 'k', 'k String')",
        "SELECT * FROM odbc('a', 'b', 'c')",
        "SELECT * FROM icebergLocal('/tmp/x')",
        "SELECT * FROM deltaLakeLocal('/tmp/x')",
        "SELECT * FROM cluster('default', 'system', 'one')",
        "SELECT * FROM dictionary('x')",
        "SELECT * FROM system.users",
        "SELECT * FROM system.processes",
        "SELECT * FROM system.server_settings",
        "SELECT file('/etc/passwd')",
        "SELECT `file`('/etc/passwd')",
        "SELECT \"file\"('/etc/passwd')",
        "SELECT `fi\\x6ce`('/etc/passwd')",
        "SELECT \"\\x66ile\"('/etc/passwd')",
        "SELECT file /* hidden */ ('/etc/passwd')",
        "SELECT * APPLY file FROM (SELECT '/etc/passwd')",
        "SELECT * APPLY(file) FROM (SELECT '/etc/passwd')",
        "SELECT arrayMap(file, ['/etc/passwd'])",
        "SELECT arrayMap(x -> file(x), ['/etc/passwd'])",
        "WITH (SELECT file('/etc/passwd')) AS x SELECT x",
        "SELECT CAST(1, file('/etc/passwd'))",
        "SELECT number FROM numbers(length(file('/etc/passwd')))",
        "EXPLAIN SELECT file('/etc/passwd')",
        "DESCRIBE (SELECT file('/etc/passwd'))",
        "DESCRIBE file('/etc/passwd', 'LineAsString')",
        "DESCRIBE url('http://127.0.0.1:1/', 'CSV')"
      })
  void isRefused(String sql) {
    assertThatThrownBy(() -> CLICKHOUSE.text(Statement.of(Role.READER, sql)))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ClickHouseError.QUERY_FAILED);
              assertThat(failure.text()).doesNotContain("root:");
            });
    assertThat(Path.of("/tmp/kinglet-outfile")).doesNotExist();
  }

  @Test
  void aColumnMayBeCalledFile() {
    assertThat(
            CLICKHOUSE.text(
                Statement.of(
                    Role.READER, "SELECT number AS file, 'file' FROM numbers(3) WHERE file = 2")))
        .isEqualTo("2\tfile");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"readonly", "allow_ddl", "format_schema", "additional_table_filters", "a=b"})
  void aSettingBesideTheFewIsRefused(String setting) {
    assertThatThrownBy(
            () -> CLICKHOUSE.text(Statement.of(Role.READER, "SELECT 1").withSetting(setting, "1")))
        .isInstanceOf(PlatformException.class);
  }

  @Test
  void aReaderCannotInsert(@TempDir Path directory) throws Exception {
    String database = ENGINE.newDatabase();
    CLICKHOUSE.execute(
        Statement.of(
            Role.ADMIN, "CREATE TABLE " + database + ".t (a Int8) ENGINE = MergeTree ORDER BY a"));
    assertThatThrownBy(() ->
            CLICKHOUSE.execute(
                Statement.of(Role.READER, "INSERT INTO " + database + ".t VALUES (1)")))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> assertThat(failure.details()).containsEntry("clickhouse_code", "164"));
    assertThat(Files.list(directory)).isEmpty();
  }

  @Test
  void aParameterNeverBecomesSql() {
    assertThat(
            CLICKHOUSE.text(
                Statement.of(Role.READER, "SELECT {p:String}")
                    .withParameters(Map.of("p", "' || file('/etc/passwd') || '"))))
        .isEqualTo("\\' || file(\\'/etc/passwd\\') || \\'");
  }

  @Test
  void theLockHoldsWithSettingsOfTheRequest() {
    assertThatThrownBy(() ->
            CLICKHOUSE.text(
                Statement.of(Role.READER, "SELECT 1 SETTINGS readonly = 0")
                    .withSetting("max_threads", "1")))
        .isInstanceOf(PlatformException.class);
    assertThat(
            CLICKHOUSE.text(
                Statement.of(Role.READER, "SELECT getSetting('readonly'), currentRoles()")
                    .withSetting("max_threads", "1")))
        .isEqualTo("1\t['reader']");
  }
}
