// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonKeys;
import kinglet.feature.wire.JsonValues;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.DataType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Feast's online read over the same features. Safe from any thread.
public final class OnlineFeatures {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final FeatureReads reads;
  private final ServiceReads serviceReads;
  private final Features features;
  private final int keysMax;

  public OnlineFeatures(
      FeatureReads reads, ServiceReads serviceReads, Features features, int keysMax) {
    this.reads = reads;
    this.serviceReads = serviceReads;
    this.features = features;
    this.keysMax = keysMax;
  }

  /// Answers `POST /get-online-features`, both as JSON.
  ///
  /// @param readable whether the caller may read a view
  /// @param services the plans of a service that the caller may read
  public byte[] answer(
      Workspace workspace,
      byte[] body,
      Predicate<String> readable,
      Function<String, Optional<ServicePlans>> services) {
    JsonNode request = parse(body);
    Map<String, List<JsonNode>> entities = entities(request.path("entities"));
    int rows = rows(entities);
    boolean full = request.path("full_feature_names").asBoolean(false);
    List<String> names = new ArrayList<>(entities.keySet());
    List<String> results = new ArrayList<>();
    entities.values().forEach(values -> results.add(keys(values)));
    String service = request.path("feature_service").asString("");
    Optional<ServicePlans> plans = services.apply(service);
    if (plans.isPresent()) {
      service(workspace, service, plans.get(), request.path("entities"), full, names, results);
    } else {
      views(workspace, request, readable, entities, rows, full, names, results);
    }
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

  private void views(
      Workspace workspace,
      JsonNode request,
      Predicate<String> readable,
      Map<String, List<JsonNode>> entities,
      int rows,
      boolean full,
      List<String> names,
      List<String> results) {
    long readMicros = features.nowMicros();
    wanted(workspace, request, readable)
        .forEach((view, columns) -> {
          columns.forEach(column ->
              names.add(name(view.name(), view.program().columns().get(column).name(), full)));
          results.addAll(
              view.read(reader -> read(view, reader, columns, entities, rows, readMicros)));
        });
  }

  private static String name(String of, String column, boolean full) {
    return full ? of + "__" + column : column;
  }

  /// The entities of a service are its parameters; columns that are called like one are not given
  /// twice.
  private void service(
      Workspace workspace,
      String name,
      ServicePlans plans,
      JsonNode entities,
      boolean full,
      List<String> names,
      List<String> results) {
    Map<String, RequestColumn> columns = new LinkedHashMap<>();
    entities
        .properties()
        .forEach(entity -> {
          JsonNode values =
              entity.getValue().isObject() ? entity.getValue().path("val") : entity.getValue();
          columns.put(
              entity.getKey(), RequestColumn.read(values, "entities." + entity.getKey(), keysMax));
        });
    int rows = columns.values().iterator().next().size();
    BatchRequest wanted =
        new BatchRequest(
            columns, Map.of(), rows, OptionalLong.empty(), Set.of(), OptionalLong.empty(), false);
    serviceReads
        .answer(workspace, name, plans, wanted, head -> new ServiceColumns(head, full, names))
        .rows()
        .addTo(results);
  }

  /// The columns of a service but those that are called like an entity.
  private static final class ServiceColumns implements BatchRows {
    private final List<Integer> features = new ArrayList<>();
    private final FeastColumns columns;

    /// @param names the columns so far, to which those of the service are added
    ServiceColumns(BatchHead head, boolean full, List<String> names) {
      List<DataType> types = new ArrayList<>();
      Set<String> entities = Set.copyOf(names);
      for (int i = 0; i < head.features().size(); i++) {
        Column column = head.features().get(i);
        if (!entities.contains(column.name())) {
          features.add(i);
          types.add(column.type());
          names.add(name(head.service(), column.name(), full));
        }
      }
      columns = new FeastColumns(types);
    }

    @Override
    public void row(BatchRow row) {
      for (int i = 0; i < features.size(); i++) {
        columns.value(i, row.value(features.get(i)), row.status(features.get(i)));
      }
      columns.endRow(row.newestMicros());
    }

    void addTo(List<String> results) {
      results.addAll(columns.results());
    }
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
        + String.join(",", values.stream().map(_ -> FeastColumns.NO_TIME).toList())
        + "]}";
  }

  private static List<String> read(
      LiveView view,
      ViewReader reader,
      List<Integer> columns,
      Map<String, List<JsonNode>> entities,
      int rows,
      long readMicros) {
    List<FeatureColumn> all = view.program().columns();
    FeastColumns read =
        new FeastColumns(columns.stream().map(column -> all.get(column).type()).toList());
    for (int row = 0; row < rows; row++) {
      key(view, reader, entities, row);
      reader.read(readMicros);
      for (int i = 0; i < columns.size(); i++) {
        read.value(i, reader.value(columns.get(i)), reader.status());
      }
      read.endRow(reader.newestMicros());
    }
    return read.results();
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
}
