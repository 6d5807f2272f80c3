// SPDX-License-Identifier: Apache-2.0
package kinglet.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The one exception that unwinds to the edge: a code, a message for the caller, named details.
///
/// The message says what was wrong and what would be right. Details are part of the answer.
public final class PlatformException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient ErrorCode code;
  private final transient Map<String, String> details;

  public PlatformException(ErrorCode code, String message) {
    this(code, message, Map.of(), null);
  }

  public PlatformException(ErrorCode code, String message, @Nullable Throwable cause) {
    this(code, message, Map.of(), cause);
  }

  public PlatformException(
      ErrorCode code, String message, Map<String, String> details, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.details = Map.copyOf(details);
  }

  public ErrorCode code() {
    return code;
  }

  public ErrorKind kind() {
    return code.kind();
  }

  public Map<String, String> details() {
    return details;
  }

  /// The message, never null.
  public String text() {
    return String.valueOf(getMessage());
  }
}
