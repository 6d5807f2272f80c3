// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

/// Unwinds the work of a job that is not to go on. Not an error of the work.
final class JobEnd extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean cancelled;

  /// @param cancelled by a caller; otherwise the server stops
  JobEnd(boolean cancelled) {
    super(cancelled ? "the job was cancelled" : "the server stops", null, false, false);
    this.cancelled = cancelled;
  }

  boolean cancelled() {
    return cancelled;
  }
}
