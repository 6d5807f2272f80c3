// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Arrays;
import java.util.Optional;

/// The `ENGINE_*` instructions of a data source file.
public enum EngineKey {
  SORTING_KEY("ENGINE_SORTING_KEY"),
  PARTITION_KEY("ENGINE_PARTITION_KEY"),
  PRIMARY_KEY("ENGINE_PRIMARY_KEY"),
  SAMPLING_KEY("ENGINE_SAMPLING_KEY"),
  TTL("ENGINE_TTL"),
  VER("ENGINE_VER"),
  IS_DELETED("ENGINE_IS_DELETED"),
  SIGN("ENGINE_SIGN"),
  VERSION("ENGINE_VERSION"),
  COLUMNS("ENGINE_COLUMNS"),
  KEY_COLUMNS("ENGINE_KEY_COLUMNS"),
  JOIN_STRICTNESS("ENGINE_JOIN_STRICTNESS"),
  JOIN_TYPE("ENGINE_JOIN_TYPE");

  private final String instruction;

  EngineKey(String instruction) {
    this.instruction = instruction;
  }

  /// The instruction's name.
  public String instruction() {
    return instruction;
  }

  /// The key an instruction in upper case sets; `ENGINE_SUMMING_COLUMNS` is another name for
  /// `ENGINE_COLUMNS`.
  public static Optional<EngineKey> find(String instruction) {
    String name = instruction.equals("ENGINE_SUMMING_COLUMNS") ? "ENGINE_COLUMNS" : instruction;
    return Arrays.stream(values()).filter(key -> key.instruction.equals(name)).findFirst();
  }
}
