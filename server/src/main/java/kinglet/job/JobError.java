// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with a job.
public enum JobError implements ErrorCode {
  /// There is no job of that name in the workspace.
  UNKNOWN_JOB(ErrorKind.NOT_FOUND),
  /// As many jobs wait as may.
  TOO_MANY_JOBS(ErrorKind.RATE_LIMITED),
  /// The job has ended, or has come too far to be undone.
  JOB_NOT_CANCELLABLE(ErrorKind.CONFLICT),
  /// The server stopped while the job worked, and it cannot be taken up again.
  JOB_INTERRUPTED(ErrorKind.OVERLOADED);

  private final ErrorKind kind;

  JobError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
