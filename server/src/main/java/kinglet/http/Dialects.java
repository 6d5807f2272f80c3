// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import kinglet.error.PlatformException;
import kinglet.ingest.decode.CsvDialect;

/// The CSV dialect that the `dialect_*` parameters of a request describe.
final class Dialects {
  private Dialects() {}

  static CsvDialect of(Parameters given) {
    CsvDialect standard = CsvDialect.STANDARD;
    return new CsvDialect(
        one(given, "dialect_delimiter", standard.delimiter()),
        one(given, "dialect_quotechar", standard.quote()),
        one(given, "dialect_escapechar", standard.escape()),
        newline(given),
        header(given));
  }

  private static byte one(Parameters given, String name, byte standard) {
    String text = unescaped(given.first(name).orElse(""));
    if (text.isEmpty()) {
      return standard;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length != 1) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, name + "='" + text + "' is not one ASCII character");
    }
    return bytes[0];
  }

  private static byte newline(Parameters given) {
    String text = unescaped(given.first("dialect_new_line").orElse("\n"));
    return switch (text) {
      case "\n", "\r\n" -> (byte) '\n';
      case "\r" -> (byte) '\r';
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST, "dialect_new_line is \\n, \\r\\n or \\r");
    };
  }

  private static CsvDialect.Header header(Parameters given) {
    return given
        .first("dialect_header")
        .map(_ ->
            given.isSet("dialect_header") ? CsvDialect.Header.PRESENT : CsvDialect.Header.ABSENT)
        .orElse(CsvDialect.Header.DETECTED);
  }

  /// `\t` and the like, as command lines write them.
  private static String unescaped(String text) {
    return text.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r");
  }
}
