// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;
import kinglet.query.QueryAnswer;
import kinglet.query.SqlQueries;
import kinglet.query.SqlTexts;
import kinglet.query.SqlTexts.Name;
import tools.jackson.databind.JsonNode;

/// `/v0/sql_format`, `/v0/sql_tables` and `/v0/sql_replace`: what command lines ask of a query's
/// text.
public final class SqlTextRoutes {
  private final Access access;
  private final SqlQueries queries;
  private final RequestBodies bodies;

  public SqlTextRoutes(Access access, SqlQueries queries, RequestBodies bodies) {
    this.access = access;
    this.queries = queries;
    this.bodies = bodies;
  }

  public void addTo(Routes routes) {
    for (String method : List.of("GET", "POST")) {
      routes
          .compatible(method, "/v0/sql_format", this::format)
          .compatible(method, "/v0/sql_tables", this::tables)
          .compatible(method, "/v0/sql_replace", this::replace);
    }
  }

  private void format(Exchange exchange) {
    Parameters parameters = parameters(exchange);
    Caller caller = access.caller(exchange, parameters);
    String sql = query(parameters);
    // A template is no SQL before it is rendered.
    String formatted = sql.startsWith("%") ? sql : formatted(caller, sql);
    exchange.respondJson(200, Map.of("q", formatted));
  }

  private String formatted(Caller caller, String sql) {
    QueryParameters none = new QueryParameters(Parameters.NONE);
    try (QueryAnswer answer =
        queries.run(
            caller.workspace(),
            caller.token(),
            SqlTexts.formatting(sql),
            Map.of(),
            none.options(Optional.empty(), Optional.empty()))) {
      return Json.parse(answer.body().readAllBytes()).path("q").asString("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void tables(Exchange exchange) {
    Parameters parameters = parameters(exchange);
    Caller ignored = access.caller(exchange, parameters);
    List<List<String>> tables =
        SqlTexts.tables(query(parameters)).stream()
            .map(name -> List.of(name.database(), name.table()))
            .toList();
    exchange.respondJson(200, Map.of("tables", tables));
  }

  private void replace(Exchange exchange) {
    Parameters parameters = parameters(exchange);
    Caller ignored = access.caller(exchange, parameters);
    Map<Name, Name> replacements =
        parameters
            .first("replacements")
            .map(text -> replacements(Json.parse(text.getBytes(StandardCharsets.UTF_8))))
            .orElse(Map.of());
    exchange.respondJson(200, Map.of("query", SqlTexts.replace(query(parameters), replacements)));
  }

  /// An object of names, or pairs of them; a name is a text, or database and table.
  private static Map<Name, Name> replacements(JsonNode document) {
    Map<Name, Name> replacements = new LinkedHashMap<>();
    if (document.isObject()) {
      document
          .properties()
          .forEach(each -> replacements.put(new Name("", each.getKey()), name(each.getValue())));
    } else if (document.isArray()) {
      for (JsonNode pair : document) {
        if (pair.size() != 2) {
          throw notReplacements();
        }
        replacements.put(name(pair.get(0)), name(pair.get(1)));
      }
    } else {
      throw notReplacements();
    }
    return replacements;
  }

  private static Name name(JsonNode node) {
    if (node.isString()) {
      return new Name("", node.asString());
    }
    if (node.isArray() && node.size() == 2 && node.get(0).isString() && node.get(1).isString()) {
      return new Name(node.get(0).asString(), node.get(1).asString());
    }
    throw notReplacements();
  }

  private static PlatformException notReplacements() {
    return new PlatformException(
        HttpError.INVALID_REQUEST,
        "replacements= is JSON: {\"from\": \"to\"}, or [[from, to], ...] where a name is a text or"
            + " [database, table]");
  }

  private Parameters parameters(Exchange exchange) {
    return exchange.method().equals("POST")
        ? exchange.query().with(bodies.with(exchange, body -> Forms.read(exchange, body)))
        : exchange.query();
  }

  private static String query(Parameters parameters) {
    return parameters
        .first("q")
        .filter(text -> !text.isBlank())
        .orElseThrow(() ->
            new PlatformException(HttpError.INVALID_REQUEST, "there is no query; send it as q="));
  }
}
