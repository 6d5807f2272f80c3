// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.List;

/// What became of rows that a caller waited for.
public sealed interface FlushOutcome {
  /// They are in their table and in every materialized view.
  record Stored() implements FlushOutcome {}

  /// They are in their table or in quarantine, but not everywhere they belong.
  ///
  /// @param views failures of materialized views, as ClickHouse reports them
  /// @param quarantinedRows rows ClickHouse could not store, now in quarantine with the reason
  record Incomplete(List<String> views, long quarantinedRows) implements FlushOutcome {
    public Incomplete {
      views = List.copyOf(views);
    }
  }

  /// They are durable in the journal and not inserted yet.
  record Waiting() implements FlushOutcome {}
}
