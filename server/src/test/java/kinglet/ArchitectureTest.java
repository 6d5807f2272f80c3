// SPDX-License-Identifier: Apache-2.0
package kinglet;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Holds the walls each room declares in its `package-info` against what its classes really use.
final class ArchitectureTest {
  private static final String ROOT = "kinglet";
  private static final Set<String> EVERYWHERE =
      Set.of(
          "java.lang",
          "java.io",
          "java.math",
          "java.net",
          "java.nio",
          "java.security",
          "java.text",
          "java.time",
          "java.util",
          "javax.crypto",
          "javax.net",
          "jdk.jfr",
          "org.slf4j",
          "org.jspecify",
          "com.google.errorprone.annotations");
  private static final Set<String> FORBIDDEN_NAMES =
      Set.of(
          "util",
          "common",
          "helper",
          "misc",
          "impl",
          "internal",
          "core",
          "base",
          "manager",
          "service",
          "model",
          "dto");

  /// Rooms by line of the house plan; an arrow points to a lower line or is listed below.
  private static final Map<String, Integer> LINES =
      Map.ofEntries(
          Map.entry("http", 4),
          Map.entry("cli", 4),
          Map.entry("server", 4),
          Map.entry("ingest", 3),
          Map.entry("query", 3),
          Map.entry("feature", 3),
          Map.entry("training", 3),
          Map.entry("proof", 3),
          Map.entry("verification", 3),
          Map.entry("monitor", 3),
          Map.entry("job", 3),
          Map.entry("observe", 3),
          Map.entry("catalog", 2),
          Map.entry("auth", 2),
          Map.entry("clickhouse", 1),
          Map.entry("journal", 1),
          Map.entry("database", 1),
          Map.entry("state", 1),
          Map.entry("aggregate", 1),
          Map.entry("expression", 1),
          Map.entry("template", 1),
          Map.entry("drift", 1),
          Map.entry("sql", 1),
          Map.entry("type", 0),
          Map.entry("value", 0),
          Map.entry("error", 0),
          Map.entry("time", 0),
          Map.entry("config", 0),
          Map.entry("metrics", 0),
          Map.entry("thread", 0));

  /// Arrows inside a line that the house plan names.
  private static final Set<String> SAME_LINE =
      Set.of(
          "ingest>feature",
          "query>feature",
          "training>feature",
          "training>ingest",
          "training>job",
          "proof>feature",
          "verification>feature",
          "verification>job",
          "monitor>feature",
          "monitor>job",
          "monitor>training",
          "server>http",
          "server>cli",
          "type>error",
          "config>error",
          "metrics>error",
          "thread>error",
          "type>time",
          "expression>sql",
          "state>aggregate",
          "value>type",
          "value>error",
          "thread>time",
          "metrics>time");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static List<JavaPackage> rooms() {
    return CLASSES.getPackage(ROOT).getSubpackagesInTree().stream()
        .filter(room -> !room.getClasses().isEmpty())
        .filter(room -> !room.getName().startsWith("kinglet.engine"))
        .filter(room -> !room.getName().startsWith("kinglet.client"))
        .filter(room -> !room.getName().startsWith("kinglet.examples"))
        .toList();
  }

  @Test
  void everyRoomIsNullMarkedAndHasAWall() {
    assertThat(rooms()).isNotEmpty();
    for (JavaPackage room : rooms()) {
      assertThat(room.tryGetAnnotationOfType(Allows.class).isPresent())
          .as("%s declares its wall", room.getName())
          .isTrue();
      assertThat(room.tryGetAnnotationOfType(NullMarked.class).isPresent())
          .as("%s is null-marked", room.getName())
          .isTrue();
    }
  }

  @Test
  void importsMatchTheWalls() {
    List<String> broken = new ArrayList<>();
    for (JavaPackage room : rooms()) {
      Optional<Allows> wall = room.tryGetAnnotationOfType(Allows.class);
      if (wall.isEmpty()) {
        continue;
      }
      Set<String> allowed =
          Stream.concat(
                  Arrays.stream(wall.get().rooms()).map(name -> ROOT + "." + name),
                  Stream.concat(Arrays.stream(wall.get().libraries()), EVERYWHERE.stream()))
              .collect(Collectors.toCollection(TreeSet::new));
      allowed.add(room.getName());
      for (JavaClass from : room.getClasses()) {
        from.getDirectDependenciesFromSelf().stream()
            .map(dependency -> dependency.getTargetClass().getBaseComponentType())
            .filter(target -> !target.isPrimitive())
            .filter(target -> !target.getPackageName().equals(ROOT))
            .filter(target ->
                allowed.stream()
                    .noneMatch(prefix ->
                        target.getPackageName().equals(prefix)
                            || target.getPackageName().startsWith(prefix + ".")))
            .forEach(target -> broken.add(from.getName() + " -> " + target.getName()));
      }
    }
    assertThat(broken).as("imports through a wall").isEmpty();
  }

  @Test
  void arrowsPointDown() {
    List<String> broken = new ArrayList<>();
    for (JavaPackage room : rooms()) {
      String from = topRoom(room.getName());
      assertThat(LINES).as("%s stands in the house plan", from).containsKey(from);
      for (String allowed : room.getAnnotationOfType(Allows.class).rooms()) {
        String to = allowed.split("\\.")[0];
        boolean down = LINES.getOrDefault(to, 9) < LINES.getOrDefault(from, -1);
        if (!down && !from.equals(to) && !SAME_LINE.contains(from + ">" + to)) {
          broken.add(from + " -> " + to);
        }
      }
    }
    assertThat(broken).as("arrows that do not point to a lower line").isEmpty();
  }

  @Test
  void librariesStayInTheirRoom() {
    Map<String, Set<String>> homes = new TreeMap<>();
    homes.put("org.rocksdb", Set.of("journal", "state"));
    homes.put("picocli", Set.of("cli"));
    homes.put("com.nimbusds", Set.of("auth"));
    homes.put(
        "org.jdbi",
        Set.of("database", "catalog", "auth", "job", "training", "monitor", "verification"));
    homes.put("org.flywaydb", Set.of("database"));
    homes.put("java.lang.foreign", Set.of());
    List<String> broken = new ArrayList<>();
    for (JavaPackage room : rooms()) {
      for (JavaClass from : room.getClasses()) {
        for (var dependency : from.getDirectDependenciesFromSelf()) {
          String target = dependency.getTargetClass().getPackageName();
          homes.forEach((library, allowed) -> {
            if (target.startsWith(library) && !allowed.contains(topRoom(room.getName()))) {
              broken.add(from.getName() + " -> " + target);
            }
          });
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void roomNamesSaySomething() {
    for (JavaPackage room : rooms()) {
      assertThat(FORBIDDEN_NAMES).doesNotContain(room.getRelativeName());
    }
  }

  @Test
  void roomsHaveNoCycles() {
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (JavaPackage room : rooms()) {
      String from = topRoom(room.getName());
      for (String to : room.getAnnotationOfType(Allows.class).rooms()) {
        String target = to.split("\\.")[0];
        if (!target.equals(from)) {
          arrows.computeIfAbsent(from, _ -> new TreeSet<>()).add(target);
        }
      }
    }
    for (String start : arrows.keySet()) {
      assertThat(reachable(arrows, start))
          .as("rooms reachable from %s", start)
          .doesNotContain(start);
    }
  }

  private static Set<String> reachable(Map<String, Set<String>> arrows, String start) {
    Set<String> seen = new TreeSet<>();
    List<String> open = new ArrayList<>(arrows.getOrDefault(start, Set.of()));
    while (!open.isEmpty()) {
      String next = open.removeLast();
      if (seen.add(next)) {
        open.addAll(arrows.getOrDefault(next, Set.of()));
      }
    }
    return seen;
  }

  private static String topRoom(String packageName) {
    return packageName.substring(ROOT.length() + 1).split("\\.")[0];
  }
}
