// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// An entry is damaged or not where it belongs; becomes [JournalError#JOURNAL_CORRUPT] at the wall.
final class CorruptEntryException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  CorruptEntryException(String message) {
    super(message);
  }
}
