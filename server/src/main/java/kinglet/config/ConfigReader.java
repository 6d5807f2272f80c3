// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.ToStringSerializer;
import tools.jackson.dataformat.toml.TomlMapper;

/// Reads a [Config]: defaults, then the file, then the environment, then overrides of the caller.
///
/// `server.port` is `port` in the table `[server]` of the file and `KINGLET_SERVER_PORT` in the
/// environment.
public final class ConfigReader {
  private static final String PREFIX = "KINGLET_";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new SimpleModule().addSerializer(Path.class, ToStringSerializer.instance))
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build();

  private ConfigReader() {}

  /// Reads `file` if given, and variables named `KINGLET_SECTION_KEY` out of `environment`.
  ///
  /// `overrides` are whole keys such as `server.port`, and win over both.
  public static Config read(
      @Nullable Path file, Map<String, String> environment, Map<String, String> overrides) {
    ObjectNode tree = tree(Config.defaults());
    if (file != null) {
      merge(tree, parse(file), file.toString());
    }
    for (var variable : new TreeMap<>(environment).entrySet()) {
      String key = keyOf(tree, variable.getKey());
      if (key != null) {
        set(tree, key, variable.getValue());
      }
    }
    overrides.forEach((key, value) -> set(tree, key, value));
    try {
      return MAPPER.treeToValue(tree, Config.class);
    } catch (JacksonException e) {
      throw refused(pathOf(e) + causeOf(e));
    }
  }

  /// The tree of all keys with their values, as the file would write them.
  static ObjectNode tree(Config config) {
    return MAPPER.valueToTree(config);
  }

  private static JsonNode parse(Path file) {
    try {
      return new TomlMapper().readTree(Files.readString(file));
    } catch (IOException e) {
      throw refused(file + " can't be read: " + e.getMessage());
    } catch (JacksonException e) {
      throw refused(file + " is not TOML: " + e.getOriginalMessage());
    }
  }

  private static void merge(ObjectNode tree, JsonNode file, String name) {
    for (var section : file.properties()) {
      JsonNode known = tree.get(section.getKey());
      if (!(known instanceof ObjectNode keys) || !section.getValue().isObject()) {
        throw refused(
            String.format(
                Locale.ROOT,
                "%s: unknown section '%s'; the sections are %s",
                name,
                section.getKey(),
                String.join(", ", names(tree))));
      }
      for (var entry : section.getValue().properties()) {
        String key = section.getKey() + "." + entry.getKey();
        String instead = Config.DEFUNCT_KEYS.get(key);
        if (instead != null) {
          throw refused(String.format(Locale.ROOT, "%s: '%s' is gone: %s", name, key, instead));
        }
        if (!keys.has(entry.getKey())) {
          throw refused(
              String.format(
                  Locale.ROOT,
                  "%s: unknown key '%s'; [%s] has %s",
                  name,
                  key,
                  section.getKey(),
                  String.join(", ", names(keys))));
        }
        keys.set(entry.getKey(), entry.getValue());
      }
    }
  }

  /// The key a variable overrides, or null where it names no section.
  private static @Nullable String keyOf(ObjectNode tree, String variable) {
    if (!variable.startsWith(PREFIX)) {
      return null;
    }
    for (var section : tree.properties()) {
      String start = PREFIX + section.getKey().toUpperCase(Locale.ROOT) + "_";
      if (variable.startsWith(start)) {
        String key = variable.substring(start.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        if (!section.getValue().has(key)) {
          throw refused(
              String.format(
                  Locale.ROOT,
                  "unknown variable %s; [%s] has %s",
                  variable,
                  section.getKey(),
                  String.join(", ", names(section.getValue()))));
        }
        return section.getKey() + "." + key;
      }
    }
    return null;
  }

  private static void set(ObjectNode tree, String key, String value) {
    int dot = key.indexOf('.');
    ((ObjectNode) tree.get(key.substring(0, dot))).put(key.substring(dot + 1), value);
  }

  private static List<String> names(JsonNode node) {
    return new ArrayList<>(node.propertyNames());
  }

  private static String pathOf(JacksonException e) {
    List<String> path = new ArrayList<>();
    e.getPath().forEach(step -> path.add(String.valueOf(step.getPropertyName())));
    return path.isEmpty() ? "" : String.join(".", path) + ": ";
  }

  private static String causeOf(JacksonException e) {
    Throwable cause = e.getCause();
    return cause instanceof IllegalArgumentException
        ? String.valueOf(cause.getMessage())
        : e.getOriginalMessage();
  }

  private static PlatformException refused(String message) {
    return new PlatformException(ConfigError.INVALID_CONFIGURATION, message);
  }
}
