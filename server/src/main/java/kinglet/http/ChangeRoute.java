// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.ChangeLog;
import kinglet.error.PlatformException;

/// `GET /v1/changes`: who changed what of the workspace, and when, the newest first.
public final class ChangeRoute {
  private static final int LIMIT_MAX = 1_000;
  private static final String LIMIT_DEFAULT = "100";

  private final Access access;
  private final ChangeLog changes;

  public ChangeRoute(Access access, ChangeLog changes) {
    this.access = access;
    this.changes = changes;
  }

  public void addTo(Routes routes) {
    routes.own("GET", "/v1/changes", this::newest);
  }

  private void newest(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    int limit = limit(exchange.query().first("limit").orElse(LIMIT_DEFAULT));
    List<Map<String, Object>> shown =
        changes.newest(caller.workspace().id(), limit).stream().map(ChangeRoute::shape).toList();
    exchange.respondJson(200, Map.of("changes", shown));
  }

  private static int limit(String text) {
    int limit = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "limit='" + text + "' is not a number from 1 to " + LIMIT_MAX);
    }
    return limit;
  }

  private static Map<String, Object> shape(ChangeLog.Entry entry) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("at", Times.text(entry.at()));
    shape.put("author", entry.author());
    shape.put("change", entry.change());
    shape.put("detail", entry.detail());
    return shape;
  }
}
