// SPDX-License-Identifier: Apache-2.0
package kinglet.error;

/// What kind of trouble a failure is; the kind alone decides the HTTP status.
public enum ErrorKind {
  INVALID,
  UNAUTHENTICATED,
  FORBIDDEN,
  NOT_FOUND,
  CONFLICT,
  TOO_LARGE,
  UNPROCESSABLE,
  RATE_LIMITED,
  OVERLOADED,
  TIMEOUT,
  UPSTREAM,
  INTERNAL
}
