// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

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
}
