// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

/// What an instruction of a feature view's file says does not fit its SELECT or its data source.
final class BadInstruction extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String instruction;

  BadInstruction(String instruction, String message) {
    super(message, null, false, false);
    this.instruction = instruction;
  }

  String instruction() {
    return instruction;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
