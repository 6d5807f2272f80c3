// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.InputStream;
import java.util.Optional;

/// One request and its answer, as blocking code sees them. Owned by the request's thread.
public interface Exchange {
  /// The method in upper case.
  String method();

  /// The path as sent, without query.
  String path();

  /// The part of the path the route's pattern calls `name`, decoded.
  String segment(String name);

  /// What the query string says.
  Parameters query();

  Optional<String> header(String name);

  /// The name this request has in the answer and in the logs.
  String requestId();

  boolean fromLoopback();

  /// The address clients reach this server by, such as `http://localhost:7181`.
  String origin();

  /// The body as sent; to be read once.
  InputStream body();

  /// Bytes of the body as announced, or -1.
  long contentLength();

  /// Sets a header of the answer.
  void answerHeader(String name, String value);

  /// Sends the whole answer.
  void respond(int status, String contentType, byte[] body);

  /// Streams an answer; nothing is sent before the first bytes of `body` exist.
  ///
  /// Blocks while the client is slower than `body`. A failure after the first byte cuts the
  /// connection.
  void stream(int status, String contentType, InputStream body);

  /// Makes an answer; a client that leaves before it is complete interrupts this thread.
  void whileClientWaits(Runnable answer);

  /// Whether an answer was begun.
  boolean responded();

  default void respondEmpty(int status) {
    respond(status, "", new byte[0]);
  }

  default void respondJson(int status, Object body) {
    respond(status, Json.TYPE, Json.bytes(body));
  }
}
