// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

/// The client closed its connection before it had its answer.
final class ClientGone extends RuntimeException {
  private static final long serialVersionUID = 1;

  ClientGone(Throwable cause) {
    super(cause);
  }
}
