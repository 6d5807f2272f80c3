// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

/// Rows that entered the journal together: consecutive sequence numbers, one ingestion time.
public record RowRun(long firstSeq, long ingestedMicros, int rows) {}
