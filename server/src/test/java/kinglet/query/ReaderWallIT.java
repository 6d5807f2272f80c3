// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the engine itself refuses to users' SQL, should every wall before it fall.
final class ReaderWallIT {
  private final ClickHouse engine = TestEngine.shared().client();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT file('/etc/passwd')",
        "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
        "SELECT * FROM s3('http://127.0.0.1:9/b/k', 'CSV', 'a Int8')",
        "SELECT * FROM remote('127.0.0.1:9', system.one)",
        "SELECT * FROM executable('x.sh', TSV, 'a String')",
        "SELECT * FROM mysql('127.0.0.1:9', 'd', 't', 'u', 'p')",
        "SELECT * FROM postgresql('127.0.0.1:9', 'd', 't', 'u', 'p')",
        "SELECT * FROM sqlite('/tmp/x.db', 't')",
        "SELECT * FROM system.users",
        "SELECT * FROM system.processes",
        "SELECT * FROM system.query_log",
        "SELECT addressToSymbol(1)",
        "SET readonly = 0",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT 1 SETTINGS max_execution_time = 0",
        "CREATE TABLE default.x (a Int8) ENGINE = Memory",
        "CREATE DATABASE x",
        "INSERT INTO FUNCTION file('/tmp/x', 'CSV', 'a Int8') SELECT 1",
        "SYSTEM SHUTDOWN",
        "KILL QUERY WHERE 1",
        "SELECT 1; SELECT 2",
      })
  void theEngineRefuses(String sql) {
    assertThatThrownBy(() -> engine.text(Statement.of(Role.READER, sql)))
        .isInstanceOf(PlatformException.class);
  }

  @Test
  void namesWithoutADatabaseFindNothing() {
    assertThat(
            engine.text(
                Statement.of(
                    Role.ADMIN, "SELECT count() FROM system.tables WHERE database = 'default'")))
        .isEqualTo("0");
    assertThatThrownBy(() -> engine.text(Statement.of(Role.READER, "SELECT * FROM tables")))
        .isInstanceOf(PlatformException.class);
  }
}
