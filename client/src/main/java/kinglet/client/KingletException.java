// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A call that failed: refused by the server, or not answered by it.
public final class KingletException extends RuntimeException {
  /// The code of a call that the server did not answer.
  public static final String NO_ANSWER = "no-answer";

  /// The code of an answer that is not one of Kinglet's.
  public static final String STRANGE_ANSWER = "strange-answer";

  private static final long serialVersionUID = 1L;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  private final int status;
  private final String code;
  private final @Nullable Duration retryAfter;

  KingletException(
      int status,
      String code,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /// The HTTP status; 0 if there was no answer.
  public int status() {
    return status;
  }

  /// The name of what went wrong, as the page of errors has it, or [#NO_ANSWER] or
  /// [#STRANGE_ANSWER].
  public String code() {
    return code;
  }

  /// When the server asks to call again, if it says so.
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /// Whether the same call may succeed later: there was no answer, too many calls were made, or the
  /// server could not serve now. Events may have been stored then; sent again they are there twice.
  public boolean isTransient() {
    return status == 0 || status == TOO_MANY_REQUESTS || status >= SERVER_ERROR;
  }
}
