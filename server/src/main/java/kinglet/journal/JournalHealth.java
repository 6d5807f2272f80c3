// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// What the journal says about itself.
///
/// @param detail what is wrong and what would be right; empty when accepting
/// @param bytes bytes on disk and in write buffers, sampled
public record JournalHealth(
    JournalState state, String detail, long firstSeq, long committedSeq, long bytes) {}
