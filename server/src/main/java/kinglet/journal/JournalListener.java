// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// Sees every committed group, in order, before the callers that appended it are released.
///
/// Called on the journal's thread: all appends wait for it, so it hands work on and returns. A
/// listener that throws stops the journal, because what follows would be applied out of order.
@FunctionalInterface
public interface JournalListener {
  void committed(CommittedGroup group);
}
