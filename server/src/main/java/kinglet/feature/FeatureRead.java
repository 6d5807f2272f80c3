// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// A read of a feature view as it was served.
///
/// @param journalSeq rows of the journal up to here counted
/// @param laterSeq rows up to here may have counted, which came in during the read
/// @param newestMicros the time of the newest event of the key, if there is one
/// @param key the value of each column of ENTITY as JSON
/// @param values of every feature as JSON, in the order of the view
public record FeatureRead(
    String workspaceId,
    String view,
    int version,
    long readMicros,
    long journalSeq,
    long laterSeq,
    OptionalLong newestMicros,
    List<String> key,
    String status,
    List<String> features,
    List<String> values) {
  public FeatureRead {
    key = List.copyOf(key);
    features = List.copyOf(features);
    values = List.copyOf(values);
  }

  /// What a reader has just read.
  ///
  /// @param before until where the journal was part of it for certain
  /// @param after until where it may have been
  static FeatureRead of(
      LiveView view, ViewReader reader, long readMicros, long before, long after) {
    ViewProgram program = view.program();
    List<String> features = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < program.columns().size(); i++) {
      FeatureColumn column = program.columns().get(i);
      if (!column.isKey()) {
        features.add(column.name());
        values.add(ViewReadLog.json(column.type(), reader.value(i)));
      }
    }
    return new FeatureRead(
        view.workspaceId(),
        view.name(),
        view.version(),
        readMicros,
        before,
        Math.max(before, after),
        reader.newestMicros(),
        key(program, reader),
        reader.status().name(),
        features,
        values);
  }

  /// The key where a reader stands, each column as JSON.
  static List<String> key(ViewProgram program, ViewReader reader) {
    List<String> key = new ArrayList<>();
    for (int i = 0; i < program.keyTypes().size(); i++) {
      key.add(ViewReadLog.json(program.keyTypes().get(i), reader.key(i)));
    }
    return key;
  }
}
