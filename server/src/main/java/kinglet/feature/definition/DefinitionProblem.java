// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

/// Why a feature view is refused, and where in its SQL.
public final class DefinitionProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int offset;

  /// @param offset in the SQL, counted from 0
  public DefinitionProblem(int offset, String message) {
    super(message, null, false, false);
    this.offset = offset;
  }

  public int offset() {
    return offset;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
