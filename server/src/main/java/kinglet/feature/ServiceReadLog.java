// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.type.Column;
import kinglet.value.Slot;

/// Writes down what a feature service gives for keys whose reads are written down. Belongs to one
/// call.
///
/// @param columns what the call brought along
record ServiceReadLog(
    ReadLog log, String workspaceId, FeatureService service, Map<String, RequestColumn> columns) {
  /// Until where rows are part of what a query gives from now on; of no interest if nothing is
  /// written down.
  long appliedSeq(KeyedQuery query) {
    return log.isOn() ? query.appliedSeq() : 0;
  }

  /// Writes a row down, if it is one that is. A query that reads constant keys is not, as nothing
  /// says which of them a row is of.
  ///
  /// @param before what [#appliedSeq] said before it was read
  void add(
      ServiceProgram program,
      ServiceEvaluation evaluation,
      int row,
      long readMicros,
      long before,
      Slot[] values) {
    if (!evaluation.isWrittenDown() || program.uses().isEmpty()) {
      return;
    }
    Map<String, String> request = new LinkedHashMap<>();
    columns.forEach((name, column) -> request.put(name, column.json(row)));
    List<String> features = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      Column column = program.columns().get(i);
      features.add(column.name());
      texts.add(ViewReadLog.json(column.type(), values[i]));
    }
    log.add(
        new ServiceRead(
            workspaceId,
            service.name(),
            service.version(),
            readMicros,
            before,
            Math.max(before, log.committedSeq()),
            evaluation.keys(),
            request,
            features,
            texts));
  }
}
