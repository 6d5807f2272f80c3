// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a feature service gave for a row of a call.
///
/// @param journalSeq rows of the journal up to here counted
/// @param laterSeq rows up to here may have counted, which came in during the read
/// @param keys of each view that was read, such as `shopper@2`, each column as JSON
/// @param request what the call brought along, by parameter, as JSON
/// @param values of every column as JSON, in the order of the service
public record ServiceRead(
    String workspaceId,
    String service,
    int version,
    long readMicros,
    long journalSeq,
    long laterSeq,
    Map<String, List<String>> keys,
    Map<String, String> request,
    List<String> features,
    List<String> values) {
  public ServiceRead {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    request = Collections.unmodifiableMap(new LinkedHashMap<>(request));
    features = List.copyOf(features);
    values = List.copyOf(values);
  }
}
