// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Map;
import kinglet.catalog.Monitor;

/// What a `.monitor` file says.
///
/// @param watchPlaces where the feature of each watch stands
public record MonitorFile(
    String path, Monitor monitor, Map<String, Place> places, List<Place> watchPlaces) {
  public MonitorFile {
    places = Map.copyOf(places);
    watchPlaces = List.copyOf(watchPlaces);
  }

  public String name() {
    return monitor.name();
  }

  /// Where an instruction stands.
  public Place place(String instruction) {
    return places.getOrDefault(instruction, new Place(path, 1, 1));
  }
}
