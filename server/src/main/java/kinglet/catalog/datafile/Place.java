// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// Where something stands in a file.
///
/// @param line counted from 1
/// @param column counted from 1
public record Place(String path, int line, int column) {
  Place plus(int columns) {
    return new Place(path, line, column + columns);
  }
}
