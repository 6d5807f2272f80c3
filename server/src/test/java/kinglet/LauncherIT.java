// SPDX-License-Identifier: Apache-2.0
package kinglet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher on machines where something is missing: an own PATH, own JDKs, an own checkout.
final class LauncherIT {
  private static final Path LAUNCHER = Path.of("../kinglet").toAbsolutePath().normalize();
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "dirname",
          "readlink",
          "sed",
          "uname",
          "cat",
          "find",
          "sort",
          "xargs",
          "cksum",
          "mkdir",
          "head",
          "tr",
          "cp",
          "mv",
          "ln",
          "ls");

  @TempDir Path machine;

  private Path home;
  private Path bin;
  private final Map<String, String> environment = new TreeMap<>();

  private record Run(int status, String out, String err) {}

  @BeforeEach
  void installTools() throws IOException {
    home = Files.createDirectories(machine.resolve("kinglet home"));
    bin = Files.createDirectories(machine.resolve("bin"));
    Files.copy(LAUNCHER, home.resolve("kinglet"));
    for (String tool : TOOLS) {
      for (String place : List.of("/usr/bin/", "/bin/")) {
        if (Files.exists(Path.of(place + tool)) && !Files.exists(bin.resolve(tool))) {
          script(bin.resolve(tool), "exec " + place + tool + " \"$@\"\n");
        }
      }
    }
    environment.put("PATH", bin.toString());
    environment.put("HOME", machine.toString());
    environment.put("KINGLET_JVM_DIRECTORY", machine.resolve("jvm").toString());
  }

  private void checkout() throws IOException {
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    for (String module : List.of("engine", "client", "server", "examples/models")) {
      Files.createDirectories(home.resolve(module).resolve("src/main"));
      Files.writeString(home.resolve(module).resolve("pom.xml"), "");
    }
  }

  private void assets() throws IOException {
    for (String platform :
        List.of("linux-x64-gnu", "linux-arm64-gnu", "darwin-arm64", "darwin-x64")) {
      Files.createDirectories(home.resolve("node_modules/@chdb/lib-" + platform));
    }
    Files.createDirectories(home.resolve("node_modules/vega-datasets"));
  }

  /// A JDK that says its version and, run, its own name and what it was given.
  private Path jdk(Path directory, String version) throws IOException {
    script(
        directory.resolve("bin/java"),
        "if [ \"$1\" = -XshowSettings:properties ]; then\n"
            + "  echo '    java.specification.version = "
            + version
            + "' >&2\n"
            + "else echo \"ran "
            + directory.getFileName()
            + " $*\"; fi\n");
    script(directory.resolve("bin/javac"), "exit 0\n");
    return directory;
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Run run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("kinglet").toString()));
    command.addAll(List.of(arguments));
    Path out = machine.resolve("out");
    Path err = machine.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  @Test
  void helpNeedsNothing() throws Exception {
    Run help = run("--help");
    assertThat(help.status()).isZero();
    assertThat(help.out()).contains("./kinglet COMMAND", "demo", "KINGLET_JAVA_HOME");
    Run none = run();
    assertThat(none.status()).isEqualTo(2);
    assertThat(none.out()).contains("usage");
  }

  @Test
  void anUnknownCommandIsNamed() throws Exception {
    Run run = run("frobnicate");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("there is no command 'frobnicate'");
  }

  @Test
  void withoutJdkItSaysWhereItLookedAndHowToGetOne() throws Exception {
    checkout();
    jdk(machine.resolve("jvm/old"), "17");
    environment.put("JAVA_HOME", machine.resolve("jvm/old").toString());
    Run run = run("start");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains(
            "a JDK 25 is missing",
            "KINGLET_JAVA_HOME (not set)",
            "JAVA_HOME (" + machine.resolve("jvm/old"),
            "apt install",
            "brew install");
  }

  @Test
  void withoutNpmItSaysWhatNpmIsFor() throws Exception {
    checkout();
    jdk(machine.resolve("jvm/new"), "25");
    Run run = run("demo");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("npm is missing", "ClickHouse's library", "apt install npm");
  }

  @Test
  void withoutMavenItSaysHowToGetIt() throws Exception {
    checkout();
    assets();
    jdk(machine.resolve("jvm/new"), "25");
    for (String command : List.of("start", "sql", "test", "fmt", "crash", "dist")) {
      Run run = run(command);
      assertThat(run.status()).as(command).isEqualTo(1);
      assertThat(run.err()).as(command).contains("Maven 3.8.7 or newer is missing", "apt install");
    }
  }

  @Test
  void aFailedBuildStopsTheCommand() throws Exception {
    checkout();
    assets();
    jdk(machine.resolve("jvm/new"), "25");
    script(bin.resolve("mvn"), "echo 'compile error'; exit 1\n");
    Run run = run("version");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("compile error", "the build failed");
    assertThat(run.out()).doesNotContain("ran");
  }

  @Test
  void itBuildsOnlyWhatChanged() throws Exception {
    checkout();
    assets();
    jdk(machine.resolve("jvm/new"), "25");
    script(
        bin.resolve("mvn"),
        "echo built\nmkdir -p server/target\nls -l server/src/main > server/target/kinglet-server.jar\n");
    Files.writeString(home.resolve("server/src/main/A.java"), "class A {}");
    Run first = run("version");
    assertThat(first.err()).contains("built");
    Path jar = home.resolve(".kinglet/kinglet-server.jar");
    assertThat(first.out()).contains("-cp " + jar);
    assertThat(run("version").err()).doesNotContain("built");
    byte[] before = Files.readAllBytes(jar);
    Files.writeString(home.resolve("server/src/main/A.java"), "class A { int b; }");
    Run changed;
    try (InputStream running = Files.newInputStream(jar)) {
      changed = run("version");
      // Whoever runs the jar of before goes on with it.
      assertThat(running.readAllBytes()).isEqualTo(before);
    }
    assertThat(jar).content().contains("A.java").isNotEqualTo(new String(before, UTF_8));
    assertThat(changed.err()).contains("built");
    assertThat(changed.out()).contains("ran new").contains("kinglet.Main version");
    Files.delete(home.resolve("server/src/main/A.java"));
    assertThat(run("version").err()).contains("built");
  }

  @Test
  void jdksAreTakenInTheirOrder() throws Exception {
    jdk(bin.getParent().resolve("path-jdk"), "25");
    Files.createSymbolicLink(bin.resolve("java"), machine.resolve("path-jdk/bin/java"));
    assertThat(run("version").out()).startsWith("ran path-jdk");
    jdk(machine.resolve("jvm/system"), "25");
    assertThat(run("version").out()).startsWith("ran system");
    environment.put("JAVA_HOME", jdk(machine.resolve("java-home"), "25").toString());
    assertThat(run("version").out()).startsWith("ran java-home");
    environment.put("KINGLET_JAVA_HOME", jdk(machine.resolve("kinglet-java"), "25").toString());
    assertThat(run("version").out()).startsWith("ran kinglet-java");
  }

  @Test
  void anUnpackedArchiveNeedsNeitherMavenNorNpm() throws Exception {
    jdk(machine.resolve("jvm/new"), "25");
    Run run = run("start", "--port", "0");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("kinglet.Main start --port 0")
        .contains("-Dkinglet.home=" + home)
        .contains(home.resolve("lib/kinglet-server.jar").toString());
    Run test = run("test");
    assertThat(test.status()).isEqualTo(1);
    assertThat(test.err()).contains("'test' needs a checkout of the sources");
  }
}
