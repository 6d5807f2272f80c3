// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Whether bytes are UTF-8.
final class Utf8 {
  private Utf8() {}

  static boolean isValid(byte[] text, int from, int to) {
    int p = from;
    while (p < to && text[p] >= 0) {
      p++;
    }
    if (p == to) {
      return true;
    }
    try {
      var decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(text, p, to - p));
      return decoded.length() > 0;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
