// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.net.URI;

/// Where a ClickHouse listens and the key of its users.
///
/// @param base such as `http://127.0.0.1:8123`
/// @param secret sent as `X-ClickHouse-Key`; never logged
public record Endpoint(URI base, String secret) {
  @Override
  public String toString() {
    return "Endpoint[" + base + "]";
  }
}
