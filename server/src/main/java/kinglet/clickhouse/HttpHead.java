// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The status and the headers of an HTTP/1.1 answer.
///
/// @param headers by name in lower case; of a repeated one the first counts
record HttpHead(int status, Map<String, String> headers) {
  private static final int HEADERS_MAX = 100;
  private static final int HEADS_MAX = 10;
  private static final String VERSION = "HTTP/1.";
  private static final int STATUS_START = "HTTP/1.1 ".length();

  HttpHead {
    headers = Map.copyOf(headers);
  }

  /// Reads a head; heads that only say that another one follows are passed over.
  static HttpHead read(HttpInput in) throws IOException {
    for (int count = 0; count < HEADS_MAX; count++) {
      HttpHead head = readOne(in);
      if (head.status >= 200) {
        return head;
      }
    }
    throw new ProtocolException("an answer has more than " + HEADS_MAX + " heads");
  }

  private static HttpHead readOne(HttpInput in) throws IOException {
    int status = status(in.line());
    Map<String, String> headers = new HashMap<>();
    for (String line = in.line(); !line.isEmpty(); line = in.line()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || headers.size() >= HEADERS_MAX) {
        throw new ProtocolException("an answer's headers are malformed or too many");
      }
      headers.putIfAbsent(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new HttpHead(status, headers);
  }

  private static int status(String line) throws IOException {
    int end = STATUS_START + 3;
    if (line.startsWith(VERSION)
        && line.length() >= end
        && (line.length() == end || line.charAt(end) == ' ')) {
      try {
        int status = Integer.parseInt(line, STATUS_START, end, 10);
        if (status >= 100) {
          return status;
        }
      } catch (NumberFormatException e) {
        throw new ProtocolException("an answer's status is no number");
      }
    }
    throw new ProtocolException("this is no answer of HTTP/1.1");
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /// Whether the header names this option, alone or in a list.
  boolean says(String name, String option) {
    String value = headers.get(name);
    if (value == null) {
      return false;
    }
    for (String one : value.split(",", -1)) {
      if (one.strip().equalsIgnoreCase(option)) {
        return true;
      }
    }
    return false;
  }
}
