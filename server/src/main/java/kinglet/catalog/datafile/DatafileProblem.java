// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// Ends the reading of one instruction; becomes a finding of its file.
final class DatafileProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Place place;

  DatafileProblem(Place place, String message) {
    super(message, null, false, false);
    this.place = place;
  }

  Place place() {
    return place;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
