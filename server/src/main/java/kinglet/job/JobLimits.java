// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.time.Duration;

/// How much background work there may be.
///
/// @param workingMax jobs at once
/// @param waitingMax jobs in the queue; more are refused
/// @param kept how long the ledger remembers a job that has ended
public record JobLimits(int workingMax, int waitingMax, Duration kept) {}
