// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Map;

/// A named way to a system outside, as its file describes it.
///
/// @param type such as `kafka` or `s3`
/// @param settings the values by instruction; secrets stay as the templates they were written as
public record Connection(String id, String name, String type, Map<String, String> settings) {
  public Connection {
    settings = Map.copyOf(settings);
  }
}
