// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The values in an answer of Kinglet's batch call, as their texts: by feature, then by key; null
/// is missing.
record Vectors(List<List<@Nullable String>> columns) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double TOLERANCE = 1e-9;

  static Vectors read(byte[] answer) throws IOException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), answer)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.PROPERTY_NAME && json.currentName().equals("values")) {
          List<List<@Nullable String>> columns = new ArrayList<>();
          JsonToken unused = json.nextToken();
          while (json.nextToken() != JsonToken.END_OBJECT) {
            unused = json.nextToken();
            columns.add(array(json));
          }
          return new Vectors(columns);
        }
      }
    }
    throw new IOException("the answer has no values");
  }

  /// A row as ClickHouse's `JSONCompactEachRow` writes it.
  static List<@Nullable String> row(String line) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
      JsonToken unused = json.nextToken();
      return array(json);
    }
  }

  private static List<@Nullable String> array(JsonParser json) {
    List<@Nullable String> texts = new ArrayList<>();
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      texts.add(token == JsonToken.VALUE_NULL ? null : json.getString());
    }
    return texts;
  }

  /// The vector of one key.
  List<@Nullable String> of(int row) {
    List<@Nullable String> vector = new ArrayList<>();
    columns.forEach(column -> vector.add(column.get(row)));
    return vector;
  }

  /// Fails unless both are the same numbers.
  static void requireSame(List<@Nullable String> own, List<@Nullable String> other, String what)
      throws IOException {
    boolean same = own.size() == other.size();
    for (int i = 0; same && i < own.size(); i++) {
      same = same(own.get(i), other.get(i));
    }
    Answers.require(same, what + ": " + own + " and " + other);
  }

  private static boolean same(@Nullable String own, @Nullable String other) {
    if (own == null || other == null) {
      return own == null && other == null;
    }
    double left = Double.parseDouble(own);
    double right = Double.parseDouble(other);
    return Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(left));
  }
}
