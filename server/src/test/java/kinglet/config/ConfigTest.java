// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigTest {
  @TempDir Path directory;

  private Config read(String toml) throws IOException {
    Path file = directory.resolve("kinglet.toml");
    Files.writeString(file, toml);
    return ConfigReader.read(file, Map.of(), Map.of());
  }

  @Test
  void withoutFileAndEnvironmentEveryKeyHasItsDefault() {
    assertThat(ConfigReader.read(null, Map.of("PATH", "/bin"), Map.of()))
        .isEqualTo(Config.defaults());
  }

  @Test
  void everyKeyIsMapped() throws IOException {
    Config read =
        read(
            """
            [server]
            host = "0.0.0.0"
            port = 8080
            data-directory = "/var/lib/kinglet"
            connections-max = 7
            drain-timeout = "3s"
            [tls]
            certificate = "/etc/cert.pem"
            private-key = "/etc/key.pem"
            [log]
            format = "json"
            level = "debug"
            [ingest]
            body-bytes-max = "1MiB"
            decoded-bytes-max = "2MiB"
            row-bytes-max = "3KiB"
            rows-max = 4
            in-flight-bytes-max = "5MiB"
            file-bytes-max = "22MiB"
            url-private-addresses = true
            create-from-events = false
            [journal]
            disk-reserve = "6MiB"
            [flush]
            interval = "250ms"
            bytes-max = "7MiB"
            wait-timeout = "8s"
            [engine]
            library = "/lib/libchdb.so"
            java-home = "/jdk"
            memory-max = "9GiB"
            readers = 10
            writers = 11
            [query]
            timeout = "12s"
            sql-bytes-max = "13KiB"
            result-bytes-max = "14MiB"
            memory-max = "15MiB"
            concurrency-max = 16
            [features]
            keys-max = 25
            timeout = "28s"
            as-of-reach = "26m"
            table-bytes-max = "27MiB"
            queued-bytes-max = "33MiB"
            apply-timeout = "34s"
            checkpoint-interval = "29s"
            memory-max = "30MiB"
            serving-log-share = 0.25
            verify-every = "31h"
            [deploy]
            unknown-instructions = "warning"
            files-kept = 22
            answer-timeout = "23s"
            [jobs]
            working-max = 19
            waiting-max = 20
            kept = "21d"
            copy-timeout = "24m"
            [training]
            events-per-share = 29
            history-bytes-max = "32GiB"
            [limits]
            requests-per-second = 17
            bytes-per-second = "18MiB"
            """);
    assertThat(read)
        .isEqualTo(
            new Config(
                new Config.Server(
                    "0.0.0.0", 8080, Path.of("/var/lib/kinglet"), 7, TimeSpan.parse("3s")),
                new Config.Tls(Path.of("/etc/cert.pem"), Path.of("/etc/key.pem")),
                new Config.Log(Config.LogFormat.JSON, Config.LogLevel.DEBUG),
                new Config.Ingest(
                    new DataSize(1 << 20),
                    new DataSize(2 << 20),
                    new DataSize(3 << 10),
                    4,
                    new DataSize(5 << 20),
                    new DataSize(22 << 20),
                    true,
                    false),
                new Config.Journal(new DataSize(6 << 20)),
                new Config.Flush(
                    TimeSpan.parse("250ms"), new DataSize(7 << 20), TimeSpan.parse("8s")),
                new Config.Engine(
                    Path.of("/lib/libchdb.so"), Path.of("/jdk"), new DataSize(9L << 30), 10, 11),
                new Config.Query(
                    TimeSpan.parse("12s"),
                    new DataSize(13 << 10),
                    new DataSize(14 << 20),
                    new DataSize(15 << 20),
                    16),
                new Config.Features(
                    25,
                    TimeSpan.parse("28s"),
                    TimeSpan.parse("26m"),
                    new DataSize(27 << 20),
                    new DataSize(33 << 20),
                    TimeSpan.parse("34s"),
                    TimeSpan.parse("29s"),
                    new DataSize(30 << 20),
                    0.25,
                    TimeSpan.parse("31h")),
                new Config.Deploy(Config.UnknownInstructions.WARNING, 22, TimeSpan.parse("23s")),
                new Config.Jobs(19, 20, TimeSpan.parse("21d"), TimeSpan.parse("24m")),
                new Config.Training(29, new DataSize(32L << 30)),
                new Config.Limits(17, new DataSize(18 << 20))));
  }

  @Test
  void environmentWinsOverTheFileAndOverridesOverBoth() throws IOException {
    Path file = directory.resolve("kinglet.toml");
    Files.writeString(file, "[server]\nport = 1\nhost = \"a\"\nconnections-max = 9\n");
    Config config =
        ConfigReader.read(
            file,
            Map.of("KINGLET_SERVER_PORT", "2", "KINGLET_SERVER_HOST", "b", "KINGLET_HOME", "x"),
            Map.of("server.host", "c"));
    assertThat(config.server().port()).isEqualTo(2);
    assertThat(config.server().host()).isEqualTo("c");
    assertThat(config.server().connectionsMax()).isEqualTo(9);
  }

  @Test
  void unknownKeysFailAndNameWhatIsKnown() {
    assertThatThrownBy(() -> read("[server]\nprot = 1\n"))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("unknown key 'server.prot'")
        .hasMessageContaining("host, port, data-directory");
    assertThatThrownBy(() -> read("[sever]\nport = 1\n")).hasMessageContaining("unknown section");
    assertThatThrownBy(() -> read("port = 1\n")).hasMessageContaining("unknown section 'port'");
    assertThatThrownBy(() -> ConfigReader.read(null, Map.of("KINGLET_SERVER_PROT", "1"), Map.of()))
        .hasMessageContaining("unknown variable KINGLET_SERVER_PROT");
  }

  @Test
  void defunctKeysFailWithWhatReplacedThem() {
    assertThatThrownBy(() -> read("[server]\ndata = \"x\"\n"))
        .hasMessageContaining("'server.data' is gone: it is called server.data-directory");
  }

  @Test
  void wrongValuesSayWhatWouldBeRight() {
    assertThatThrownBy(() -> read("[server]\nport = 99999\n"))
        .hasMessageContaining("server.port is a port number, 0 to 65535");
    assertThatThrownBy(() -> read("[flush]\ninterval = \"soon\"\n"))
        .hasMessageContaining("flush.interval: 'soon' is not a duration");
    assertThatThrownBy(() -> read("[engine]\nmemory-max = \"much\"\n"))
        .hasMessageContaining("engine.memory-max: 'much' is not a size");
    assertThatThrownBy(() -> read("[tls]\ncertificate = \"c.pem\"\n"))
        .hasMessageContaining("tls.certificate and tls.private-key are set together");
    assertThatThrownBy(() -> read("[server\n")).hasMessageContaining("is not TOML");
  }

  @Test
  void sizesAndDurationsPrintAsTheyAreWritten() {
    for (String size : new String[] {"0B", "1B", "10MiB", "3GiB", "1025B", "2TiB"}) {
      assertThat(DataSize.parse(size)).hasToString(size);
    }
    for (String span : new String[] {"0s", "250ms", "10s", "90s", "2h", "7d", "5m"}) {
      assertThat(TimeSpan.parse(span)).hasToString(span);
    }
  }
}
