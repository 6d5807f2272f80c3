// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.Expectation;
import kinglet.catalog.ServiceDataSource;

/// For how many rows that came in an expectation held.
record ExpectationResult(
    DataSource source, Instant at, Expectation expectation, long checked, long failed)
    implements ServiceRecord {
  @Override
  public String workspaceId() {
    return source.workspaceId();
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    row.put("datasource_id", source.publicId());
    row.put("datasource_name", source.name());
    row.put("expectation", expectation.name());
    row.put(
        "condition",
        expectation instanceof Expectation.Check check
            ? check.condition()
            : expectation.text().substring(expectation.name().length() + 1));
    row.put("checked", checked);
    row.put("failed", failed);
    boolean quarantined = expectation instanceof Expectation.Check check && check.quarantine();
    row.put("quarantined", quarantined ? failed : 0);
    return Map.of(ServiceDataSource.EXPECTATIONS, row);
  }
}
