// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.Map;

/// What the server says about itself; read by `/health` and `/ready`.
public interface ServerState {
  /// Whether events are accepted and SQL is answered.
  boolean ready();

  /// Whether the process does its main job: events are accepted.
  boolean healthy();

  /// One line about each part.
  Map<String, Object> details();
}
