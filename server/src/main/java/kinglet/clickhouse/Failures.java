// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// Turns what ClickHouse and the network report into the platform's failures.
final class Failures {
  /// The detail that carries ClickHouse's own number.
  static final String CODE_DETAIL = "clickhouse_code";

  private static final Pattern CODE = Pattern.compile("Code: (\\d+)\\.");
  private static final Pattern WRAPPED = Pattern.compile("^(?:Code: \\d+\\. DB::Exception: )+");
  private static final Pattern VERSION = Pattern.compile(" \\(version [^)]*\\)");

  private Failures() {}

  /// A failure ClickHouse answered with.
  static PlatformException reported(int status, Optional<String> codeHeader, String text) {
    Optional<String> code = codeHeader.or(() -> codeIn(text));
    if (code.isEmpty()) {
      ClickHouseError error =
          switch (status) {
            case 401, 403 -> ClickHouseError.ENGINE_REFUSED;
            case 408, 504 -> ClickHouseError.QUERY_TIMEOUT;
            case 429, 502, 503 -> ClickHouseError.ENGINE_UNAVAILABLE;
            default -> ClickHouseError.QUERY_FAILED;
          };
      return new PlatformException(error, "ClickHouse answered " + status + ": " + text.strip());
    }
    return new PlatformException(
        named(code.get()), message(text), Map.of(CODE_DETAIL, code.get()), null);
  }

  /// A failure reported inside a body that had begun.
  static PlatformException reportedLate(String text) {
    return reported(500, Optional.empty(), text);
  }

  static PlatformException unavailable(String why, @Nullable Throwable cause) {
    return new PlatformException(
        ClickHouseError.ENGINE_UNAVAILABLE,
        "The query engine is not available (" + why + "); try again shortly.",
        cause);
  }

  private static ClickHouseError named(String code) {
    return switch (code) {
      case "159", "160", "209" -> ClickHouseError.QUERY_TIMEOUT;
      case "241" -> ClickHouseError.MEMORY_LIMIT;
      case "394", "734" -> ClickHouseError.QUERY_CANCELLED;
      case "202", "203" -> ClickHouseError.ENGINE_UNAVAILABLE;
      case "192", "193", "194", "516" -> ClickHouseError.ENGINE_REFUSED;
      default -> ClickHouseError.QUERY_FAILED;
    };
  }

  private static Optional<String> codeIn(String text) {
    Matcher matcher = CODE.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /// The text without the wrapping ClickHouse puts around a message that crossed its layers.
  private static String message(String text) {
    String plain = VERSION.matcher(text.strip()).replaceAll("");
    return WRAPPED.matcher(plain).replaceFirst("");
  }
}
