// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.Resources;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.SharedDataSource;
import kinglet.catalog.Snapshot;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouseError;
import kinglet.error.PlatformException;
import kinglet.sql.Sql;
import kinglet.sql.SqlError;

/// Turns ClickHouse's failures into what callers see: its message without our internals.
final class QueryFailures {
  private static final String CODE_DETAIL = "clickhouse_code";

  /// The query's text inside a message; it may hold bound values.
  private static final Pattern SCOPE =
      Pattern.compile(
          "[,.]? (?:[Ii]n scope|while processing( query)?|[Ww]hile executing) .*?"
              + "(?=\\. Maybe you meant|\\. \\([A-Z_]+\\)|$)",
          Pattern.DOTALL);

  /// ClickHouse's name of the failure, at the end of its message.
  private static final Pattern NAME = Pattern.compile("\\([A-Z][A-Z0-9_]*\\)$");

  /// The same, when the failure passed several places.
  private static final Pattern NAMES = Pattern.compile("(\\. \\([A-Z][A-Z0-9_]*\\))\\1+");

  private static final Pattern POSITION = Pattern.compile("failed at position (\\d+)");
  private static final Pattern SUGGESTION =
      Pattern.compile("\\.? Maybe you meant: \\[[^\\]]*__(?:seq|ingested_at)[^\\]]*\\]");

  private static final Pattern TABLE_ID =
      Pattern.compile(" \\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\)");

  private QueryFailures() {}

  static PlatformException of(PlatformException failure, Resources resources, int prefixLength) {
    if (failure.code() instanceof SqlError code) {
      return new PlatformException(code, "[Error] " + failure.text(), failure);
    }
    if (!(failure.code() instanceof ClickHouseError error)) {
      return failure;
    }
    return switch (error) {
      case QUERY_FAILED -> refused(failure, resources, prefixLength);
      case QUERY_TIMEOUT ->
          new PlatformException(
              QueryError.QUERY_TOO_SLOW,
              "[Error] The query took longer than it may; read less data or ask for less",
              failure.details(),
              failure);
      case MEMORY_LIMIT ->
          new PlatformException(
              QueryError.QUERY_MEMORY,
              "[Error] The query needs more memory than it may have; read less data, or group by"
                  + " fewer keys",
              failure.details(),
              failure);
      case ENGINE_UNAVAILABLE, QUERY_CANCELLED, ENGINE_REFUSED -> failure;
    };
  }

  private static PlatformException refused(
      PlatformException failure, Resources resources, int prefixLength) {
    String code = failure.details().getOrDefault(CODE_DETAIL, "");
    return switch (code) {
      case "396", "158", "307" ->
          new PlatformException(
              QueryError.RESULT_TOO_LARGE,
              "[Error] The result is larger than it may be; ask for fewer rows or columns",
              Map.of(CODE_DETAIL, code),
              failure);
      case "164", "392", "452", "497" ->
          new PlatformException(
              QueryError.SQL_NOT_ALLOWED,
              "[Error] The query asks for something that is not offered",
              Map.of(CODE_DETAIL, code),
              failure);
      default ->
          new PlatformException(
              QueryError.QUERY_REFUSED,
              "[Error] " + cleaned(failure.text(), resources, prefixLength),
              failure.details(),
              failure);
    };
  }

  /// The failure by its name alone.
  static PlatformException wordless(PlatformException failure) {
    Matcher name = NAME.matcher(failure.text());
    return new PlatformException(
        failure.code(),
        "[Error] The query failed; the reason may show the value of a secret and is left out"
            + (name.find() ? ". " + name.group() : ""),
        failure.details(),
        failure);
  }

  /// The message without the query's text, database names and hidden columns.
  static String cleaned(String message, Resources resources, int prefixLength) {
    String text = SUGGESTION.matcher(message).replaceAll("");
    text = SCOPE.matcher(text).replaceAll("");
    text = NAMES.matcher(text).replaceAll("$1");
    text = masked(TABLE_ID.matcher(text).replaceAll(""), resources);
    Matcher position = POSITION.matcher(text);
    return position.find()
        ? position.replaceFirst(
            "failed at position " + Math.max(1, Integer.parseInt(position.group(1)) - prefixLength))
        : text;
  }

  /// A text without the names of the databases.
  static String masked(String text, Resources resources) {
    Workspace own = resources.workspace();
    String named = text;
    for (Snapshot snapshot : resources.snapshots()) {
      named =
          named
              .replace(snapshot.sqlName(), snapshot.fullName())
              .replace(snapshot.database() + "." + snapshot.table(), snapshot.fullName());
    }
    String masked =
        Pattern.compile("`?" + Pattern.quote(own.featureDatabase()) + "(?:_[0-9a-f]{32})?`?\\.")
            .matcher(named)
            .replaceAll("")
            .replace(Sql.quote(own.database()) + ".", "")
            .replace(own.database() + ".", "")
            .replace(own.database(), own.name())
            .replace(ServiceDataSource.DATABASE, ServiceDataSource.SCHEMA);
    for (SharedDataSource shared : resources.shared()) {
      Workspace origin = shared.origin();
      masked =
          masked
              .replace(Sql.quote(origin.database()), origin.name())
              .replace(origin.database(), origin.name());
    }
    return masked;
  }
}
