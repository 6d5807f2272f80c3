// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import kinglet.catalog.Workspace;
import kinglet.feature.definition.KeyedSelectReader;
import kinglet.feature.wire.JsonValues;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.value.Slot;

/// Queries over feature views. Safe from any thread.
public final class FeatureQueries implements FeatureSource {
  private final Features features;
  private final int keysMax;
  private final long tableBytesMax;

  /// @param keysMax how many keys one query from memory may ask for
  /// @param tableBytesMax how much of a view a query of ClickHouse may read
  public FeatureQueries(Features features, int keysMax, long tableBytesMax) {
    this.features = features;
    this.keysMax = keysMax;
    this.tableBytesMax = tableBytesMax;
  }

  @Override
  public Optional<KeyedQuery> keyed(
      Workspace workspace, String sql, Function<String, Optional<ServiceInput>> inputs) {
    Map<String, LiveView> found = new HashMap<>();
    return KeyedSelectReader.read(sql, workspace.featureDatabase())
        .flatMap(
            select -> KeyedPlan.of(select, name -> find(workspace, name, found), inputs, keysMax))
        .map(plan -> new KeyedQuery(features, new ServiceProgram(plan), views(plan, found)));
  }

  private Optional<ViewVersion> find(
      Workspace workspace, String name, Map<String, LiveView> found) {
    Optional<LiveView> view = features.find(workspace, name).map(LiveView::complete);
    return view.map(one -> {
      ViewVersion version = new ViewVersion(one.program(), one.version());
      found.put(version.toString(), one);
      return version;
    });
  }

  private static List<LiveView> views(KeyedPlan plan, Map<String, LiveView> found) {
    return plan.views().stream()
        .map(keyed -> Optional.ofNullable(found.get(keyed.view().toString())).orElseThrow())
        .toList();
  }

  @Override
  public HandedTable values(Workspace workspace, String name) {
    LiveView view = view(workspace, name);
    return features.scan(() -> {
      HandedTableBuilder table =
          new HandedTableBuilder(columns(view), tableBytesMax, "the feature view '" + name + "'");
      long readMicros = features.nowMicros();
      return view.read(reader -> {
        reader.readAll(
            readMicros,
            () -> {
              for (int i = 0; i < view.program().columns().size(); i++) {
                table.add(i, reader.value(i));
              }
              table.endRow();
            });
        return table.build();
      });
    });
  }

  @Override
  public HandedTable empty(Workspace workspace, String name) {
    return new HandedTable(columns(view(workspace, name)), List.of());
  }

  @Override
  public HandedTable rows(KeyedQuery query) {
    HandedTableBuilder table = new HandedTableBuilder(query.columns(), tableBytesMax, "the query");
    int unused =
        query.read((_, values) -> {
          for (int i = 0; i < values.length; i++) {
            table.add(i, values[i]);
          }
          table.endRow();
        });
    return table.build();
  }

  private LiveView view(Workspace workspace, String name) {
    return features
        .find(workspace, name)
        .orElseThrow(() -> FeatureReads.unknown(name, ""))
        .complete();
  }

  private static List<Column> columns(LiveView view) {
    return view.program().schema().columns();
  }

  /// The result as ClickHouse's format JSON has it.
  public static byte[] json(KeyedQuery query) {
    long start = System.nanoTime();
    Bytes out = new Bytes(512);
    JsonValues json = new JsonValues(out);
    List<Column> columns = query.columns();
    json.raw("{\"meta\":[");
    for (int i = 0; i < columns.size(); i++) {
      json.raw(i == 0 ? "{\"name\":" : ",{\"name\":");
      json.quoted(columns.get(i).name());
      json.raw(",\"type\":");
      json.quoted(columns.get(i).type().sql());
      json.raw("}");
    }
    json.raw("],\"data\":[");
    int rows =
        query.read((number, values) -> {
          json.raw(number == 0 ? "" : ",");
          object(json, columns, values);
        });
    json.raw("],\"rows\":" + rows + ",\"statistics\":{\"elapsed\":");
    json.raw(Double.toString((System.nanoTime() - start) / 1e9));
    json.raw(",\"rows_read\":" + rows + ",\"bytes_read\":0}}\n");
    return out.toArray();
  }

  /// The result as one JSON object a line.
  public static byte[] ndjson(KeyedQuery query) {
    Bytes out = new Bytes(512);
    JsonValues json = new JsonValues(out);
    int unused =
        query.read((_, values) -> {
          object(json, query.columns(), values);
          json.raw("\n");
        });
    return out.toArray();
  }

  private static void object(JsonValues json, List<Column> columns, Slot[] values) {
    for (int i = 0; i < columns.size(); i++) {
      json.raw(i == 0 ? "{" : ",");
      json.quoted(columns.get(i).name());
      json.raw(":");
      json.write(columns.get(i).type(), values[i]);
    }
    json.raw("}");
  }
}
