// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;

/// Where in a SQL text something stands: `[start, end)`, in characters counted from 0.
public record SourceRange(int start, int end) {
  private static final String START = "start";
  private static final String END = "end";

  static SourceRange of(Expression expression) {
    return new SourceRange(expression.start(), expression.end());
  }

  /// The place a failure of this room is about.
  public static Optional<SourceRange> of(PlatformException failure) {
    String start = failure.details().get(START);
    String end = failure.details().get(END);
    return start == null || end == null
        ? Optional.empty()
        : Optional.of(new SourceRange(Integer.parseInt(start), Integer.parseInt(end)));
  }

  PlatformException failure(ExpressionError code, String message) {
    return new PlatformException(
        code, message, Map.of(START, Integer.toString(start), END, Integer.toString(end)), null);
  }
}
