// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// One request, ready to be sent.
///
/// @param head the lines before the empty one, the body's length or coding among them
/// @param answerMax how long the answer may take to begin
/// @param stallMax how long its body may stand still
record HttpRequest(URI base, String head, RequestBody body, Duration answerMax, Duration stallMax) {
  private static final int TOGETHER_BYTES_MAX = 1 << 16;

  static HttpRequest get(URI base, String path, Duration answerMax) {
    return new HttpRequest(
        base,
        "GET " + path + " HTTP/1.1\r\n" + host(base),
        new RequestBody(new InsertBody.Chunks(List.of())),
        answerMax,
        answerMax);
  }

  /// @param headers whole lines with their ends
  static HttpRequest post(
      URI base,
      String path,
      String headers,
      InsertBody rows,
      Duration answerMax,
      Duration stallMax) {
    RequestBody body = new RequestBody(rows);
    return new HttpRequest(
        base,
        "POST " + path + " HTTP/1.1\r\n" + host(base) + headers + body.header() + "\r\n",
        body,
        answerMax,
        stallMax);
  }

  private static String host(URI base) {
    return "Host: " + base.getRawAuthority() + "\r\n";
  }

  /// A head and one short piece go out in one write.
  void writeTo(OutputStream out) throws IOException {
    byte[] lines = (head + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    if (body.rows() instanceof InsertBody.Chunks(var chunks)
        && chunks.size() == 1
        && chunks.getFirst().length <= TOGETHER_BYTES_MAX) {
      byte[] piece = chunks.getFirst();
      byte[] whole = Arrays.copyOf(lines, lines.length + piece.length);
      System.arraycopy(piece, 0, whole, lines.length, piece.length);
      out.write(whole);
      return;
    }
    out.write(lines);
    body.writeTo(out);
  }
}
