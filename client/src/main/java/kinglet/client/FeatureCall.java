// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A read of the features of keys: columns of keys, then [#read]. Belongs to one thread.
public final class FeatureCall {
  private final Connection connection;
  private final String name;
  private final Map<String, List<?>> keys = new LinkedHashMap<>();
  private final Map<String, List<?>> request = new LinkedHashMap<>();
  private final Set<Detail> details = EnumSet.noneOf(Detail.class);
  private @Nullable Instant asOf;

  /// What an answer may say beside the values.
  public enum Detail {
    /// Whether a value is there, and why not.
    STATUS,
    /// The time of the newest event of each key.
    FRESHNESS,
    /// From when to when the events of a value may be.
    INTERVAL
  }

  FeatureCall(Connection connection, String name) {
    this.connection = connection;
    this.name = name;
  }

  /// The values of a column of the key, one for each row of the answer.
  public FeatureCall key(String column, List<?> values) {
    keys.put(column, values);
    return this;
  }

  /// The values of a parameter of a feature service, one for each row of the answer.
  public FeatureCall parameter(String parameter, List<?> values) {
    request.put(parameter, values);
    return this;
  }

  /// The time that is read at; that of the server if nothing is said.
  public FeatureCall asOf(Instant time) {
    this.asOf = time;
    return this;
  }

  /// Asks for more than the values.
  public FeatureCall with(Detail... more) {
    details.addAll(List.of(more));
    return this;
  }

  /// Reads the features of all keys at one time.
  public FeatureVectors read() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("keys", keys);
    if (!request.isEmpty()) {
      body.put("request", request);
    }
    if (asOf != null) {
      body.put("as_of", asOf.toString());
    }
    body.put(
        "with", details.stream().map(detail -> detail.name().toLowerCase(Locale.ROOT)).toList());
    return new FeatureVectors(
        KingletClient.object(
            connection.post(
                "v0/features/" + Connection.encode(name),
                Map.of(),
                Json.write(body),
                "application/json")));
  }
}
