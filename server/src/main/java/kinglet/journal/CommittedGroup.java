// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.util.List;

/// The entries that one fsync made durable, in order.
public record CommittedGroup(
    long firstSeq, long lastSeq, long ingestedMicros, List<StoredEntry> entries) {}
