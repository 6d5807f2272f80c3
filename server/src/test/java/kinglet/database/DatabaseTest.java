// SPDX-License-Identifier: Apache-2.0
package kinglet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseTest {
  @TempDir Path folder;

  @Test
  void freshFileIsMigratedAndReopened() {
    Path file = folder.resolve("catalogue.sqlite");
    try (Database database = Database.open(file)) {
      assertThat(tables(database))
          .contains("workspace", "data_source", "deployment", "token", "change_log");
      insert(database, "a");
    }
    try (Database database = Database.open(file)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void migrationsAreLookedAtOnlyWhenTheFileHasAnotherForm() {
    Path file = folder.resolve("catalogue.sqlite");
    try (Database database = Database.open(file)) {
      assertThat(pragma(database, "user_version")).isNotEqualTo("0");
      int _ =
          database.write(handle -> handle.execute("UPDATE flyway_schema_history SET checksum = 1"));
    }
    try (Database database = Database.open(file)) {
      int _ = database.write(handle -> handle.execute("PRAGMA user_version = 1"));
    }
    assertThatThrownBy(() -> Database.open(file)).hasMessageContaining("checksum mismatch");
  }

  /// A migration that is added before others would never reach the files that have those.
  @Test
  void aMigrationBeforeOthersIsRefused() {
    Path file = folder.resolve("catalogue.sqlite");
    try (Database database = Database.open(file)) {
      int _ =
          database.write(
              handle -> handle.execute("DELETE FROM flyway_schema_history WHERE version = '5'"));
      int _ = database.write(handle -> handle.execute("PRAGMA user_version = 1"));
    }
    assertThatThrownBy(() -> Database.open(file))
        .hasMessageContaining("not applied to database: 5");
  }

  @Test
  void failedWorkLeavesNothing() {
    try (Database database = Database.open(folder.resolve("catalogue.sqlite"))) {
      assertThatThrownBy(() ->
              database.write(handle -> {
                handle.execute("INSERT INTO workspace VALUES ('x', 'x', 'x', 0)");
                throw new IllegalStateException("half way");
              }))
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("half way");
      assertThat(count(database)).isZero();
    }
  }

  @Test
  void journalIsWriteAheadAndFullySynced() {
    try (Database database = Database.open(folder.resolve("catalogue.sqlite"))) {
      assertThat(pragma(database, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(database, "synchronous")).isEqualTo("2");
      assertThat(pragma(database, "foreign_keys")).isEqualTo("1");
    }
  }

  @Test
  void closedDatabaseSaysSo() {
    Database database = Database.open(folder.resolve("catalogue.sqlite"));
    database.close();
    assertThatThrownBy(() -> count(database))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.code()).isEqualTo(DatabaseError.DATABASE_CLOSED));
  }

  private static void insert(Database database, String name) {
    database.write(
        handle -> handle.execute("INSERT INTO workspace VALUES (?, ?, ?, 0)", name, name, name));
  }

  private static long count(Database database) {
    return database.read(
        handle -> handle.createQuery("SELECT count(*) FROM workspace").mapTo(Long.class).one());
  }

  private static java.util.List<String> tables(Database database) {
    return database.read(handle ->
        handle
            .createQuery("SELECT name FROM sqlite_master WHERE type = 'table'")
            .mapTo(String.class)
            .list());
  }

  private static String pragma(Database database, String name) {
    return database.read(handle -> handle.createQuery("PRAGMA " + name).mapTo(String.class).one());
  }
}
