// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.Map;

/// What a `.connection` file says.
public record ConnectionFile(
    String path,
    String name,
    String type,
    Map<String, String> settings,
    Map<String, Place> places) {
  public ConnectionFile {
    settings = Map.copyOf(settings);
    places = Map.copyOf(places);
  }

  /// Where a setting stands.
  public Place place(String setting) {
    return places.getOrDefault(setting, new Place(path, 1, 1));
  }
}
