// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// The place an append got: the sequence numbers of its rows and the time they were accepted.
public record Appended(long firstSeq, long lastSeq, long ingestedMicros) {}
