// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;

/// What a call sent: parameters, from wherever they may stand, and perhaps a file of rows.
///
/// @param given those of the query string and of the form
/// @param file its bytes, to be read once
record SentFile(Parameters given, String name, Optional<InputStream> file) {
  private static final int FORM_BYTES_MAX = 1 << 20;
  private static final int PEEK_BYTES = 64;

  /// Whatever begins like this is a form, not rows: clients send both under the type of forms.
  private static final Pattern FORM_START =
      Pattern.compile(
          "(mode|name|schema|url|format|description|tags|ttl|indexes|token|type_guessing|connector"
              + "|engine\\w*|dialect_\\w+|kafka_\\w+)=.*",
          Pattern.DOTALL);

  private static final Pattern FORM_FIELD =
      Pattern.compile(
          "mode|name|schema|url|format|description|tags|ttl|indexes|token|type_guessing|connector"
              + "|engine\\w*|dialect_\\w+|kafka_\\w+|replace_\\w+|skip_\\w+");

  /// @param body with room for looking at its beginning
  static SentFile read(Exchange exchange, InputStream body) throws IOException {
    String type = exchange.header("content-type").orElse("");
    if (type.toLowerCase(Locale.ROOT).startsWith("multipart/")) {
      return multipart(exchange.query(), new MultipartReader(type, body));
    }
    body.mark(PEEK_BYTES);
    String start = new String(body.readNBytes(PEEK_BYTES), StandardCharsets.UTF_8);
    body.reset();
    if (start.isEmpty()) {
      return new SentFile(exchange.query(), "", Optional.empty());
    }
    if (FORM_START.matcher(start).matches()) {
      byte[] form = new CappedStream(body, FORM_BYTES_MAX, "the form").readAllBytes();
      Parameters fields = Parameters.parse(new String(form, StandardCharsets.UTF_8).strip());
      return new SentFile(exchange.query().with(fields), "", Optional.empty());
    }
    return new SentFile(exchange.query(), "", Optional.of(body));
  }

  private static SentFile multipart(Parameters query, MultipartReader reader) throws IOException {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    Optional<MultipartReader.Part> part = reader.next();
    while (part.isPresent()) {
      MultipartReader.Part each = part.get();
      if (each.filename().isPresent() || !FORM_FIELD.matcher(each.name()).matches()) {
        return new SentFile(
            query.with(new Parameters(fields)),
            each.filename().orElse(""),
            Optional.of(each.body()));
      }
      byte[] value = new CappedStream(each.body(), FORM_BYTES_MAX, "the form").readAllBytes();
      fields
          .computeIfAbsent(each.name(), _ -> new ArrayList<>())
          .add(new String(value, StandardCharsets.UTF_8));
      part = reader.next();
    }
    return new SentFile(query.with(new Parameters(fields)), "", Optional.empty());
  }

  static PlatformException unreadable(IOException cause) {
    return new PlatformException(
        HttpError.INVALID_REQUEST, "the body can't be read: " + cause.getMessage(), cause);
  }
}
