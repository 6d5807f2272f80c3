// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonKeys;
import kinglet.type.Bytes;
import kinglet.value.Slot;

/// An entity as a caller names it.
///
/// @param columns of its key
/// @param values a text for each
public record NamedEntity(List<String> columns, List<String> values) {
  private static final String SEPARATOR = ",";

  public NamedEntity {
    columns = List.copyOf(columns);
    values = List.copyOf(values);
  }

  /// The columns of a name such as `user_id` or `user_id,item_id`.
  public static List<String> columns(String name) {
    return List.of(name.split(SEPARATOR)).stream().map(String::strip).toList();
  }

  /// @param name as in [#columns]
  /// @param key the values, separated by commas if there are several columns
  public static NamedEntity of(String name, String key) {
    List<String> columns = columns(name);
    List<String> values = columns.size() == 1 ? List.of(key) : List.of(key.split(SEPARATOR, -1));
    if (values.size() != columns.size()) {
      throw new PlatformException(
          FeatureError.MISSING_KEY,
          "the key has "
              + values.size()
              + " values for "
              + columns.size()
              + " columns; name them apart: ?"
              + String.join("=…&", columns)
              + "=…");
    }
    return new NamedEntity(columns, values);
  }

  /// Whether a view describes such entities.
  boolean isOf(ViewProgram program) {
    Set<String> entity = new HashSet<>(program.view().entity());
    return entity.size() == columns.size() && entity.containsAll(columns);
  }

  /// The values in the order of the key of a view that describes such entities; nothing if they are
  /// not of its types.
  Optional<Slot[]> key(ViewProgram program) {
    List<String> entity = program.view().entity();
    Slot[] key = Slot.array(entity.size());
    for (int i = 0; i < key.length; i++) {
      String text = values.get(columns.indexOf(entity.get(i)));
      if (!JsonKeys.read(text, true, program.keyTypes().get(i), key[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(key);
  }

  /// The same as the state has it.
  Optional<byte[]> keyBytes(ViewProgram program) {
    return key(program)
        .map(key -> {
          Bytes bytes = new Bytes(64);
          program.keyCodec().write(key, bytes);
          return bytes.toArray();
        });
  }

  @Override
  public String toString() {
    return String.join(SEPARATOR, columns) + " " + String.join(SEPARATOR, values);
  }
}
