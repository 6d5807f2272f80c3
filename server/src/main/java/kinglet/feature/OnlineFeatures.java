// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonKeys;
import kinglet.feature.wire.JsonValues;
import kinglet.state.ReadStatus;
import kinglet.type.Bytes;
import kinglet.value.Slot;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Feast's online read over the same features. Safe from any thread.
public final class OnlineFeatures {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String KEY_TIME = "\"1970-01-01T00:00:00Z\"";

  private final FeatureReads reads;
  private final Features features;
  private final int keysMax;

  public OnlineFeatures(FeatureReads reads, Features features, int keysMax) {
    this.reads = reads;
    this.features = features;
    this.keysMax = keysMax;
  }

  /// Answers `POST /get-online-features`, both as JSON.
  ///
  /// @param readable whether the caller may read a view
  public byte[] answer(Workspace workspace, byte[] body, Predicate<String> readable) {
    JsonNode request = parse(body);
    Map<String, List<JsonNode>> entities = entities(request.path("entities"));
    int rows = rows(entities);
    boolean full = request.path("full_feature_names").asBoolean(false);
    List<String> names = new ArrayList<>(entities.keySet());
    List<String> results = new ArrayList<>();
    entities.values().forEach(values -> results.add(keys(values)));
    long readMicros = features.nowMicros();
    wanted(workspace, request, readable)
        .forEach((view, columns) -> {
          columns.forEach(column ->
              names.add(
                  full
                      ? view.name() + "__" + view.program().columns().get(column).name()
                      : view.program().columns().get(column).name()));
          results.addAll(
              view.read(reader -> read(view, reader, columns, entities, rows, readMicros)));
        });
    Bytes out = new Bytes(512);
    JsonValues json = new JsonValues(out);
    json.raw("{\"metadata\":{\"feature_names\":[");
    for (int i = 0; i < names.size(); i++) {
      json.raw(i == 0 ? "" : ",");
      json.quoted(names.get(i));
    }
    json.raw("]},\"results\":[" + String.join(",", results) + "]}");
    return out.toArray();
  }

  private static JsonNode parse(byte[] body) {
    try {
      JsonNode request = MAPPER.readTree(body);
      if (request.isObject()) {
        return request;
      }
    } catch (JacksonException e) {
      throw new PlatformException(
          FeatureError.INVALID_READ, "the body is not JSON: " + e.getOriginalMessage(), e);
    }
    throw new PlatformException(
        FeatureError.INVALID_READ, "the body must be an object with features and entities");
  }

  private Map<String, List<JsonNode>> entities(JsonNode given) {
    if (!given.isObject() || given.isEmpty()) {
      throw new PlatformException(
          FeatureError.MISSING_KEY,
          "entities must be an object with an array of values for each key column");
    }
    Map<String, List<JsonNode>> entities = new LinkedHashMap<>();
    given
        .properties()
        .forEach(entity -> {
          // Feast's Protobuf form wraps the array once.
          JsonNode values =
              entity.getValue().isObject() ? entity.getValue().path("val") : entity.getValue();
          if (!values.isArray()) {
            throw new PlatformException(
                FeatureError.WRONG_VALUE, "entities." + entity.getKey() + " must be an array");
          }
          if (values.size() > keysMax) {
            throw new PlatformException(
                FeatureError.TOO_MANY_KEYS, "a read answers at most " + keysMax + " keys");
          }
          List<JsonNode> all = new ArrayList<>();
          values.forEach(all::add);
          entities.put(entity.getKey(), all);
        });
    return entities;
  }

  private static int rows(Map<String, List<JsonNode>> entities) {
    int rows = entities.values().iterator().next().size();
    entities.forEach((name, values) -> {
      if (values.size() != rows) {
        throw new PlatformException(
            FeatureError.MISSING_KEY,
            "entities." + name + " has " + values.size() + " values and another " + rows);
      }
    });
    return rows;
  }

  /// The columns that are asked for, by view.
  private Map<LiveView, List<Integer>> wanted(
      Workspace workspace, JsonNode request, Predicate<String> readable) {
    Map<String, LiveView> views = new LinkedHashMap<>();
    Map<LiveView, List<Integer>> wanted = new LinkedHashMap<>();
    if (request.path("feature_service").isString()) {
      LiveView view = view(workspace, request.path("feature_service").asString(), readable, views);
      for (int i = 0; i < view.program().columns().size(); i++) {
        if (!view.program().columns().get(i).isKey()) {
          wanted.computeIfAbsent(view, _ -> new ArrayList<>()).add(i);
        }
      }
      return wanted;
    }
    for (JsonNode feature : request.path("features")) {
      String[] parts = feature.asString("").split(":", 2);
      if (parts.length < 2) {
        throw new PlatformException(
            FeatureError.INVALID_READ,
            "features are named view:feature, not '" + feature.asString("") + "'");
      }
      LiveView view = view(workspace, parts[0], readable, views);
      wanted.computeIfAbsent(view, _ -> new ArrayList<>()).add(column(view, parts[1]));
    }
    if (wanted.isEmpty()) {
      throw new PlatformException(
          FeatureError.INVALID_READ, "features must be an array of names such as view:feature");
    }
    return wanted;
  }

  private LiveView view(
      Workspace workspace, String name, Predicate<String> readable, Map<String, LiveView> views) {
    return views.computeIfAbsent(
        name,
        _ -> {
          if (!readable.test(name)) {
            throw FeatureReads.unknown(name, "");
          }
          return reads.view(workspace, name);
        });
  }

  private static int column(LiveView view, String name) {
    List<FeatureColumn> columns = view.program().columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name) && !columns.get(i).isKey()) {
        return i;
      }
    }
    throw new PlatformException(
        FeatureError.UNKNOWN_FEATURES,
        "The feature view '" + view.name() + "' has no feature '" + name + "'");
  }

  private static String keys(List<JsonNode> values) {
    List<String> texts = values.stream().map(JsonNode::toString).toList();
    return "{\"values\":["
        + String.join(",", texts)
        + "],\"statuses\":["
        + String.join(",", values.stream().map(_ -> "\"PRESENT\"").toList())
        + "],\"event_timestamps\":["
        + String.join(",", values.stream().map(_ -> KEY_TIME).toList())
        + "]}";
  }

  private static List<String> read(
      LiveView view,
      ViewReader reader,
      List<Integer> columns,
      Map<String, List<JsonNode>> entities,
      int rows,
      long readMicros) {
    List<Bytes> values = new ArrayList<>();
    List<StringBuilder> statuses = new ArrayList<>();
    columns.forEach(_ -> {
      values.add(new Bytes(64));
      statuses.add(new StringBuilder());
    });
    StringBuilder times = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      key(view, reader, entities, row);
      reader.read(readMicros);
      String comma = row == 0 ? "" : ",";
      for (int i = 0; i < columns.size(); i++) {
        JsonValues json = new JsonValues(values.get(i));
        Slot value = reader.value(columns.get(i));
        json.raw(comma);
        json.write(view.program().columns().get(columns.get(i)).type(), value);
        statuses.get(i).append(comma).append(status(reader.status(), value));
      }
      times
          .append(comma)
          .append(
              reader.newestMicros().isPresent()
                  ? "\""
                      + Instant.EPOCH.plus(reader.newestMicros().getAsLong(), ChronoUnit.MICROS)
                      + "\""
                  : KEY_TIME);
    }
    List<String> results = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      results.add(
          "{\"values\":["
              + new String(values.get(i).toArray(), java.nio.charset.StandardCharsets.UTF_8)
              + "],\"statuses\":["
              + statuses.get(i)
              + "],\"event_timestamps\":["
              + times
              + "]}");
    }
    return results;
  }

  private static void key(
      LiveView view, ViewReader reader, Map<String, List<JsonNode>> entities, int row) {
    List<String> entity = view.program().view().entity();
    for (int key = 0; key < entity.size(); key++) {
      List<JsonNode> given = entities.get(entity.get(key));
      if (given == null) {
        throw new PlatformException(
            FeatureError.MISSING_KEY,
            "entities has no '" + entity.get(key) + "', a key column of '" + view.name() + "'");
      }
      JsonNode value = given.get(row);
      boolean read =
          value.isValueNode()
              && JsonKeys.read(
                  value.asString(),
                  value.isString(),
                  view.program().keyTypes().get(key),
                  reader.key(key));
      if (!read) {
        throw new PlatformException(
            FeatureError.WRONG_VALUE,
            "entities."
                + entity.get(key)
                + "["
                + row
                + "] is not a "
                + view.program().keyTypes().get(key).sql());
      }
    }
  }

  private static String status(ReadStatus status, Slot value) {
    return switch (status) {
      case NOT_FOUND -> "\"NOT_FOUND\"";
      case EXPIRED -> "\"OUTSIDE_MAX_AGE\"";
      case PRESENT -> value.isNull() ? "\"NULL_VALUE\"" : "\"PRESENT\"";
    };
  }
}
