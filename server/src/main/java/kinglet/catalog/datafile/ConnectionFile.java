// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.Map;

/// What a `.connection` file says.
public record ConnectionFile(
    String path, String name, String type, Map<String, String> settings, Place place) {
  public ConnectionFile {
    settings = Map.copyOf(settings);
  }
}
