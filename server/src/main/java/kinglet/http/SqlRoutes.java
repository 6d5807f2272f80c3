// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;
import kinglet.query.SqlQueries;

/// `/v0/sql`: one query of the caller's, its answer streamed.
public final class SqlRoutes {
  private final Access access;
  private final SqlQueries queries;
  private final RequestBodies bodies;
  private final CallLog calls;

  public SqlRoutes(Access access, SqlQueries queries, RequestBodies bodies, CallLog calls) {
    this.access = access;
    this.queries = queries;
    this.bodies = bodies;
    this.calls = calls;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/sql", exchange -> answer(exchange, exchange.query()))
        .compatible(
            "POST",
            "/v0/sql",
            exchange ->
                answer(
                    exchange,
                    exchange.query().with(bodies.with(exchange, b -> body(exchange, b)))));
  }

  private void answer(Exchange exchange, Parameters parameters) {
    Caller caller = access.rowCaller(exchange, parameters);
    String sql =
        parameters
            .first("q")
            .filter(text -> !text.isBlank())
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.INVALID_REQUEST, "there is no query; send it as q= or as the body"));
    calls.answer(
        CallLog.Call.sql(exchange, caller, parameters),
        sorted ->
            queries.run(
                caller.workspace(),
                caller.token(),
                sql,
                sorted.arguments(),
                sorted.options(Optional.empty(), Optional.empty())));
  }

  /// The three styles of a body: a JSON object, a form with `q`, or the SQL itself.
  static Parameters body(Exchange exchange, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      return Parameters.NONE;
    }
    boolean multipart = exchange.header("content-type").orElse("").startsWith("multipart/");
    if (multipart || text.startsWith("{") || isForm(text)) {
      return Forms.read(exchange, body);
    }
    return new Parameters(Map.of("q", List.of(text)));
  }

  /// Whether the text is `name=value` pairs of which one is `q`.
  private static boolean isForm(String text) {
    return text.startsWith("q=") || text.contains("&q=");
  }
}
