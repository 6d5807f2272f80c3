// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

/// Where the engine process is in its life.
///
/// ```
/// STARTING ──> RUNNING ──> RESTARTING ──> RUNNING ...
///     └────────────┴─────────────┴──────> STOPPED
/// ```
public enum EngineState {
  /// The first start is under way.
  STARTING,
  /// It answers.
  RUNNING,
  /// It crashed, hung or did not start, and is being started again.
  RESTARTING,
  /// It was told to end, and ended.
  STOPPED
}
