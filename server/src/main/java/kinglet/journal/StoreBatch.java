// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one group changes in the store, as one unit.
final class StoreBatch {
  record Put(long firstSeq, byte[] value) {}

  private final List<Put> puts = new ArrayList<>();
  private final Map<String, byte[]> metadata = new HashMap<>();
  private long deleteFrom;
  private long deleteBelow;

  void put(long firstSeq, byte[] value) {
    puts.add(new Put(firstSeq, value));
  }

  /// Changes metadata; an empty value removes its key.
  void putMetadata(Map<String, byte[]> changes) {
    metadata.putAll(changes);
  }

  /// Removes the entries that start in `[from, below)`.
  void delete(long from, long below) {
    deleteFrom = deleteBelow == 0 ? from : Math.min(deleteFrom, from);
    deleteBelow = Math.max(deleteBelow, below);
  }

  boolean isEmpty() {
    return puts.isEmpty() && metadata.isEmpty() && deleteBelow == 0;
  }

  List<Put> puts() {
    return puts;
  }

  Map<String, byte[]> metadata() {
    return metadata;
  }

  boolean deletes() {
    return deleteBelow > deleteFrom;
  }

  long deleteFrom() {
    return deleteFrom;
  }

  long deleteBelow() {
    return deleteBelow;
  }
}
