// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// A line with the file it comes from, which is another one after an INCLUDE.
record SourceLine(String path, int number, String text) {
  Place at(int column) {
    return new Place(path, number, column);
  }
}
