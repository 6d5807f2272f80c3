// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

/// A version of a feature view, without its state.
record ViewVersion(ViewProgram program, int version) {
  String name() {
    return program.name();
  }

  @Override
  public String toString() {
    return name() + "@" + version;
  }
}
