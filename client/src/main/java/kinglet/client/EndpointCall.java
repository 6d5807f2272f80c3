// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A call of an endpoint: parameters, then [#rows]. Belongs to one thread.
public final class EndpointCall {
  private final Connection connection;
  private final String name;
  private final Map<String, List<String>> parameters = new LinkedHashMap<>();

  EndpointCall(Connection connection, String name) {
    this.connection = connection;
    this.name = name;
  }

  /// Gives a parameter a value, as its text; several values of one name are several parameters.
  public EndpointCall parameter(String parameter, Object value) {
    parameters.computeIfAbsent(parameter, unused -> new ArrayList<>()).add(value.toString());
    return this;
  }

  /// Calls the endpoint, and reads its rows as a whole into memory.
  public List<Row> rows() {
    return KingletClient.rows(
        connection.get("v0/pipes/" + Connection.encode(name) + ".json", parameters));
  }
}
