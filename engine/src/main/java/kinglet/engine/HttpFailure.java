// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

/// A request that is not understood; answered with the status, then the connection is closed.
final class HttpFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  HttpFailure(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
