// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import kinglet.catalog.datafile.SchemaText;
import kinglet.catalog.deployment.StoredResources.StoredConnection;
import kinglet.catalog.deployment.StoredResources.StoredDataSource;
import kinglet.catalog.deployment.StoredResources.StoredPipe;
import kinglet.type.Schema;
import tools.jackson.databind.json.JsonMapper;

/// What setting a deployment live needs once its tables and views are there.
///
/// @param heldForSwitch numbers of the data sources whose flushes wait during the switch
/// @param drained numbers of those whose rows must all be stored before it: they pass through views
///   that take them to new tables
/// @param checks queries that must count no row at the switch, with what to say otherwise
record Staged(
    StoredResources next,
    List<TokenDeclaration> tokens,
    Set<Long> heldForSwitch,
    Set<Long> drained,
    Map<String, String> checks) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  Staged {
    tokens = List.copyOf(tokens);
    heldForSwitch = Set.copyOf(heldForSwitch);
    drained = Set.copyOf(drained);
    checks = Map.copyOf(checks);
  }

  String toJson() {
    return JSON.writeValueAsString(
        new Saved(
            next.dataSources().stream().map(SavedDataSource::of).toList(),
            next.pipes(),
            next.connections(),
            tokens,
            heldForSwitch,
            drained,
            checks));
  }

  static Staged fromJson(String text) {
    Saved saved = JSON.readValue(text, Saved.class);
    return new Staged(
        new StoredResources(
            saved.dataSources().stream().map(SavedDataSource::stored).toList(),
            saved.pipes(),
            saved.connections()),
        saved.tokens(),
        saved.heldForSwitch(),
        saved.drained(),
        saved.checks());
  }

  private record Saved(
      List<SavedDataSource> dataSources,
      List<StoredPipe> pipes,
      List<StoredConnection> connections,
      List<TokenDeclaration> tokens,
      Set<Long> heldForSwitch,
      Set<Long> drained,
      Map<String, String> checks) {}

  /// A data source with its schemas as texts.
  ///
  /// @param identity without schemas
  private record SavedDataSource(StoredDataSource identity, SortedMap<Integer, String> texts) {
    static SavedDataSource of(StoredDataSource stored) {
      SortedMap<Integer, String> texts = new TreeMap<>();
      stored.schemas().forEach((version, schema) -> texts.put(version, SchemaText.write(schema)));
      return new SavedDataSource(stored.withSchemas(new TreeMap<>()), texts);
    }

    StoredDataSource stored() {
      SortedMap<Integer, Schema> schemas = new TreeMap<>();
      texts.forEach((version, text) -> schemas.put(version, SchemaText.read(text)));
      return identity.withSchemas(schemas);
    }
  }
}
