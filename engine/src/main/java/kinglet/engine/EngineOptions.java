// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// What the process was started with; each is a `--name=value` argument.
///
/// @param parentPid the process to live with, 0 for none
/// @param queueMax statements that may wait for a connection of one role
record EngineOptions(
    Path library,
    Path data,
    int port,
    long memoryBytesMax,
    int readers,
    int writers,
    int admins,
    int queueMax,
    long queryMillisMax,
    long parentPid) {

  static EngineOptions parse(String[] arguments) {
    Map<String, String> given = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--") || equals < 0) {
        throw new IllegalArgumentException("arguments are --name=value, not " + argument);
      }
      given.put(argument.substring(2, equals), argument.substring(equals + 1));
    }
    EngineOptions options =
        new EngineOptions(
            Path.of(required(given, "library")),
            Path.of(required(given, "data")),
            (int) number(given, "port", 0),
            number(given, "memory-bytes-max", 4L << 30),
            (int) number(given, "readers", 4),
            (int) number(given, "writers", 2),
            (int) number(given, "admins", 2),
            (int) number(given, "queue-max", 64),
            number(given, "query-millis-max", 600_000),
            number(given, "parent-pid", 0));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown arguments: " + given.keySet());
    }
    return options;
  }

  private static String required(Map<String, String> given, String name) {
    String value = given.remove(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is missing");
    }
    return value;
  }

  private static long number(Map<String, String> given, String name, long otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : Long.parseLong(value);
  }
}
