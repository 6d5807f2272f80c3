// SPDX-License-Identifier: Apache-2.0
package kinglet.database;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.flywaydb.core.Flyway;
import org.sqlite.SQLiteDataSource;

/// Brings the file to the current form.
///
/// The file keeps a checksum of the migrations it has been through, so that a start with nothing to
/// migrate, which is nearly every one, does without Flyway: loading it takes longer than all else
/// the database needs.
final class Migrations {
  private static final String DIRECTORY = "db/migration";

  private final SQLiteDataSource source;

  Migrations(SQLiteDataSource source) {
    this.source = source;
  }

  void apply() throws IOException, SQLException {
    int current = checksum();
    if (applied() == current) {
      return;
    }
    var _ =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(source)
            .locations("classpath:" + DIRECTORY)
            .load()
            .migrate();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      int _ = statement.executeUpdate("PRAGMA user_version = " + current);
    }
  }

  /// Of the migrations that the file has been through; 0 of a fresh one.
  private int applied() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet version = statement.executeQuery("PRAGMA user_version")) {
      return version.next() ? version.getInt(1) : 0;
    }
  }

  /// Over the names and contents of all migrations there are, never 0.
  private static int checksum() throws IOException {
    CRC32 sum = new CRC32();
    for (Map.Entry<String, Long> migration : migrations().entrySet()) {
      sum.update((migration + "\n").getBytes(StandardCharsets.UTF_8));
    }
    int value = (int) sum.getValue();
    return value == 0 ? 1 : value;
  }

  /// The checksum of each file by its name, from the jar's directory or from a build's.
  private static Map<String, Long> migrations() throws IOException {
    URL directory = Migrations.class.getClassLoader().getResource(DIRECTORY);
    if (directory == null) {
      throw new IOException("the program lacks its migrations of the catalogue");
    }
    Map<String, Long> checksums = new TreeMap<>();
    if (directory.openConnection() instanceof JarURLConnection jar) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.getJarFile().stream()::iterator) {
        if (entry.getName().startsWith(DIRECTORY) && !entry.isDirectory()) {
          checksums.put(entry.getName().substring(DIRECTORY.length() + 1), entry.getCrc());
        }
      }
      return checksums;
    }
    try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        CRC32 sum = new CRC32();
        sum.update(Files.readAllBytes(file));
        checksums.put(file.getFileName().toString(), sum.getValue());
      }
    } catch (URISyntaxException e) {
      throw new IOException("cannot read " + directory, e);
    }
    return checksums;
  }
}
