// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import kinglet.error.ErrorKind;
import kinglet.error.PlatformException;
import kinglet.template.TemplateError;

/// The one place that turns a kind of failure into a status.
final class Statuses {
  private Statuses() {}

  /// The status a failure is answered with; a template may ask for one of its own.
  static int of(PlatformException failure, ErrorRendering rendering) {
    if (failure.code() == HttpError.METHOD_NOT_ALLOWED) {
      return 405;
    }
    String raised = failure.details().get("status");
    return failure.code() == TemplateError.TEMPLATE_RAISED && raised != null
        ? Integer.parseInt(raised)
        : of(failure.kind(), rendering);
  }

  static int of(ErrorKind kind, ErrorRendering rendering) {
    boolean compatible = rendering instanceof ErrorRendering.Compatible;
    return switch (kind) {
      case INVALID -> 400;
      case UNAUTHENTICATED -> compatible ? 403 : 401;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case UNPROCESSABLE -> 422;
      case RATE_LIMITED -> 429;
      case OVERLOADED -> 503;
      case TIMEOUT -> compatible ? 408 : 504;
      case UPSTREAM -> compatible ? 500 : 502;
      case INTERNAL -> 500;
    };
  }
}
