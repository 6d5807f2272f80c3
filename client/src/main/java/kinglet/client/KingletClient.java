// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Kinglet server, called with one token. Safe from any thread; make one and keep it.
///
/// ```java
/// try (KingletClient kinglet = KingletClient.builder("http://localhost:7181").token(token).build()) {
///   kinglet.events("shop_events").send(List.of(Map.of("user_id", "u1", "price", 9.5)));
///   FeatureVectors shoppers = kinglet.features("shopper").key("user_id", List.of("u1", "u2")).read();
///   Long views = shoppers.row(0).getLong("views_1h");
/// }
/// ```
///
/// Every call that fails throws a [KingletException] with the code of what went wrong.
public final class KingletClient implements AutoCloseable {
  private final Connection connection;

  private KingletClient(Connection connection) {
    this.connection = connection;
  }

  /// @param url where the server listens, such as `http://localhost:7181`
  public static Builder builder(String url) {
    return new Builder(URI.create(url.endsWith("/") ? url : url + "/"));
  }

  /// Says how a server is called.
  public static final class Builder {
    private final URI url;
    private String token = "";
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(30);

    private Builder(URI url) {
      this.url = url;
    }

    /// The token that is sent with each call: a static one or a JWT.
    public Builder token(String text) {
      this.token = text;
      return this;
    }

    /// How long a connection may take to be made; 5 seconds if nothing is said.
    public Builder connectTimeout(Duration atMost) {
      this.connectTimeout = atMost;
      return this;
    }

    /// How long an answer may take; 30 seconds if nothing is said.
    public Builder timeout(Duration atMost) {
      this.timeout = atMost;
      return this;
    }

    public KingletClient build() {
      return new KingletClient(new Connection(url, token, connectTimeout, timeout));
    }
  }

  /// The events of a data source.
  public Events events(String dataSource) {
    return new Events(connection, dataSource);
  }

  /// The rows of a SELECT without FORMAT, read as a whole into memory.
  public List<Row> sql(String select) {
    return rows(
        connection.post("v0/sql", Map.of(), select.getBytes(StandardCharsets.UTF_8), "text/plain"));
  }

  /// An endpoint, to be called with parameters.
  public EndpointCall endpoint(String name) {
    return new EndpointCall(connection, name);
  }

  /// A feature view or a feature service, to be read by key.
  public FeatureCall features(String name) {
    return new FeatureCall(connection, name);
  }

  /// The rows of an answer in ClickHouse's format JSON.
  static List<Row> rows(Map<?, ?> answer) {
    if (!(answer.get("data") instanceof List<?> data)) {
      throw strange("no 'data'");
    }
    List<Row> rows = new ArrayList<>(data.size());
    for (Object row : data) {
      rows.add(new Row(object(row)));
    }
    return List.copyOf(rows);
  }

  @SuppressWarnings("unchecked") // objects are read with strings as names
  static Map<String, @Nullable Object> object(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw strange("no object where one was expected");
  }

  static KingletException strange(String what) {
    return new KingletException(
        200, KingletException.STRANGE_ANSWER, "the server's answer has " + what, null, null);
  }

  /// Closes the connections. Calls under way end first.
  @Override
  public void close() {
    connection.close();
  }
}
