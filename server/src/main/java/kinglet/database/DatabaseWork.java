// SPDX-License-Identifier: Apache-2.0
package kinglet.database;

import org.jdbi.v3.core.Handle;

/// A part of somebody else's transaction.
@FunctionalInterface
public interface DatabaseWork {
  void run(Handle handle);
}
