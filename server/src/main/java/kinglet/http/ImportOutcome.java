// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kinglet.ingest.EventIngest;
import kinglet.ingest.flush.FlushOutcome;
import kinglet.observe.ImportedBlock;

/// What became of a file's rows.
///
/// @param blocks the pieces they were accepted in
record ImportOutcome(
    EventIngest.Accepted accepted, FlushOutcome flushed, List<ImportedBlock> blocks) {
  ImportOutcome {
    blocks = List.copyOf(blocks);
  }

  /// Rows that the engine refused after all.
  private long moved() {
    return flushed instanceof FlushOutcome.Incomplete incomplete ? incomplete.quarantinedRows() : 0;
  }

  long quarantinedRows() {
    return accepted.quarantinedRows() + moved();
  }

  long successfulRows() {
    return Math.max(0, accepted.successfulRows() - moved());
  }

  long rows() {
    return accepted.successfulRows() + accepted.quarantinedRows();
  }

  /// What was wrong although the rows are accepted.
  Optional<String> error() {
    return switch (flushed) {
      case FlushOutcome.Incomplete incomplete when !incomplete.views().isEmpty() ->
          Optional.of(
              "The rows are stored, but not in every materialized view: "
                  + String.join("; ", incomplete.views()));
      case FlushOutcome.Waiting() ->
          Optional.of("The rows are durable and not stored yet; they will be shortly.");
      case FlushOutcome.Stored(), FlushOutcome.Incomplete _ -> contents();
    };
  }

  private Optional<String> contents() {
    List<String> parts = new ArrayList<>();
    if (quarantinedRows() > 0) {
      parts.add(counted(quarantinedRows(), "row") + " in quarantine");
    }
    if (accepted.invalidLines() > 0) {
      parts.add(counted(accepted.invalidLines(), "invalid line"));
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "There was an error with file contents: " + String.join(" and ", parts) + ".");
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
