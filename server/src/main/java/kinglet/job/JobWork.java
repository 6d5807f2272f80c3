// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

/// Does a job. What it throws is the job's error; a cancelled one throws what
/// [JobContext#checkCancelled] threw.
@FunctionalInterface
public interface JobWork {
  void run(JobContext context);

  /// Called instead of [#run] when the job is cancelled before it begins.
  default void abandoned() {}
}
