// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

/// How an endpoint would be run.
///
/// @param debugQuery the one query the pipe became
/// @param queryExplain the engine's plan for it, or how memory answers it
/// @param served by what it is answered: `memory` or `clickhouse`
public record Explanation(String debugQuery, String queryExplain, String served) {}
