// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.Map;

/// Compiles a feature service for the calls of one caller. Belongs to one thread.
public interface ServicePlans {
  /// The parameters that calls may give, and whether they have to.
  Map<String, Boolean> parameters();

  /// The query for all calls that give the same parameters as this one, and the same values of
  /// those that decide what the query is. It takes the others as inputs.
  KeyedQuery of(Map<String, String> arguments);
}
