// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// Reads `multipart/form-data` part by part without holding a part in memory.
///
/// Owned by the request's thread. A part's body is valid until the next part is asked for.
final class MultipartReader {
  private static final int PARTS_MAX = 10_000;
  private static final int HEADER_BYTES_MAX = 8 * 1024;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final Pattern BOUNDARY =
      Pattern.compile("boundary=(?:\"([^\"]{1,200})\"|([^;\\s]{1,200}))", Pattern.CASE_INSENSITIVE);
  private static final Pattern ATTRIBUTE =
      Pattern.compile("([a-z*]+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;]*))", Pattern.CASE_INSENSITIVE);

  private final InputStream in;
  private final byte[] delimiter;
  private @Nullable PartBody current;
  private boolean ended;
  private int parts;

  /// One part: its field name, its file name if it is a file, and its body.
  record Part(String name, Optional<String> filename, String contentType, InputStream body) {}

  /// Reads `body`, whose Content-Type header is `contentType`.
  MultipartReader(String contentType, InputStream body) {
    Matcher boundary = BOUNDARY.matcher(contentType);
    if (!contentType.toLowerCase(Locale.ROOT).startsWith("multipart/") || !boundary.find()) {
      throw broken("Content-Type must be multipart/form-data with a boundary");
    }
    String text = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
    this.in = new BufferedInputStream(body, BUFFER_BYTES);
    this.delimiter = ("\r\n--" + text).getBytes(StandardCharsets.ISO_8859_1);
  }

  /// The next part, after what is left of the one before.
  Optional<Part> next() throws IOException {
    if (ended) {
      return Optional.empty();
    }
    PartBody previous = current;
    if (previous == null) {
      skipPreamble();
    } else {
      previous.skipRest();
    }
    if (!atPart()) {
      ended = true;
      return Optional.empty();
    }
    if (++parts > PARTS_MAX) {
      throw broken("more than " + PARTS_MAX + " parts");
    }
    Map<String, String> headers = headers();
    Map<String, String> attributes = attributes(headers.getOrDefault("content-disposition", ""));
    PartBody body = new PartBody();
    current = body;
    return Optional.of(
        new Part(
            attributes.getOrDefault("name", ""),
            Optional.ofNullable(attributes.get("filename")),
            headers.getOrDefault("content-type", "text/plain"),
            body));
  }

  private void skipPreamble() throws IOException {
    String first = new String(delimiter, 2, delimiter.length - 2, StandardCharsets.ISO_8859_1);
    byte[] start = in.readNBytes(first.length());
    if (!new String(start, StandardCharsets.ISO_8859_1).equals(first)) {
      throw broken("the body does not start with its boundary");
    }
  }

  /// Reads what follows a delimiter: a line end before a part, `--` at the end.
  private boolean atPart() throws IOException {
    int first = in.read();
    int second = in.read();
    if (first == '-' && second == '-') {
      return false;
    }
    while (first == ' ' || first == '\t') {
      first = second;
      second = in.read();
    }
    if (first != '\r' || second != '\n') {
      throw broken("the boundary is not followed by a line end");
    }
    return true;
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    StringBuilder line = new StringBuilder();
    int bytes = 0;
    while (true) {
      int next = in.read();
      if (next < 0 || ++bytes > HEADER_BYTES_MAX) {
        throw broken("the headers of a part do not end");
      }
      if (next != '\n') {
        line.append((char) next);
        continue;
      }
      String text = line.toString().strip();
      if (text.isEmpty()) {
        return headers;
      }
      int colon = text.indexOf(':');
      if (colon > 0) {
        headers.put(
            text.substring(0, colon).toLowerCase(Locale.ROOT), text.substring(colon + 1).strip());
      }
      line.setLength(0);
    }
  }

  private static Map<String, String> attributes(String disposition) {
    Map<String, String> attributes = new HashMap<>();
    Matcher matcher = ATTRIBUTE.matcher(disposition);
    while (matcher.find()) {
      String value =
          matcher.group(2) == null
              ? matcher.group(3).strip()
              : matcher.group(2).replace("\\\"", "\"").replace("\\\\", "\\");
      byte[] utf8 = value.getBytes(StandardCharsets.ISO_8859_1);
      attributes.put(
          matcher.group(1).toLowerCase(Locale.ROOT), new String(utf8, StandardCharsets.UTF_8));
    }
    return attributes;
  }

  private static PlatformException broken(String message) {
    return new PlatformException(HttpError.INVALID_REQUEST, "broken multipart body: " + message);
  }

  /// The bytes up to the next delimiter.
  private final class PartBody extends InputStream {
    private boolean done;

    @Override
    public int read() throws IOException {
      if (done) {
        return -1;
      }
      int next = in.read();
      if (next < 0) {
        throw broken("it ends inside a part");
      }
      if (next == '\r' && atDelimiter()) {
        done = true;
        return -1;
      }
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = 0;
      while (count < length) {
        int next = read();
        if (next < 0) {
          return count == 0 ? -1 : count;
        }
        target[offset + count++] = (byte) next;
      }
      return count;
    }

    /// Whether the rest of the delimiter follows a carriage return; takes it if so.
    private boolean atDelimiter() throws IOException {
      in.mark(delimiter.length);
      for (int at = 1; at < delimiter.length; at++) {
        if (in.read() != delimiter[at]) {
          in.reset();
          return false;
        }
      }
      return true;
    }

    private void skipRest() throws IOException {
      byte[] scratch = new byte[BUFFER_BYTES];
      while (read(scratch, 0, scratch.length) >= 0) {}
    }
  }
}
