// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.deployment.DeploymentEvent;

/// Something that was done with a deployment: what Tinybird calls a release.
public record ReleaseEvent(String workspaceId, Instant at, DeploymentEvent event)
    implements ServiceRecord {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Optional<String> error = event.error().map(LoggedText::of).map(masking);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", MILLIS.format(at));
    row.put("event_type", event.kind().name().toLowerCase(Locale.ROOT));
    row.put("semver", Long.toString(event.deployment()));
    row.put("token_name", event.author());
    row.put("result", error.isPresent() ? "error" : "ok");
    row.put("error", error.orElse(""));
    return Map.of(ServiceDataSource.RELEASES_LOG, row);
  }
}
