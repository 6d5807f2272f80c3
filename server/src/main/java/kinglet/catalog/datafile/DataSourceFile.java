// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Engine;
import kinglet.catalog.Expectation;
import kinglet.catalog.Index;

/// What a `.datasource` file says.
///
/// @param forwardQuery the select list that carries rows over a change of schema
/// @param backfill whether a deployment fills it from its views
/// @param settings the values of connections and imports, by instruction
/// @param places where instructions stand, by instruction
public record DataSourceFile(
    String path,
    String name,
    String description,
    List<ColumnFile> columns,
    Engine engine,
    List<Index> indexes,
    List<TokenLine> tokens,
    List<String> tags,
    List<String> sharedWith,
    Optional<String> forwardQuery,
    boolean backfill,
    List<ExpectationFile> expectations,
    Map<String, String> settings,
    Map<String, Place> places) {
  public DataSourceFile {
    columns = List.copyOf(columns);
    indexes = List.copyOf(indexes);
    tokens = List.copyOf(tokens);
    tags = List.copyOf(tags);
    sharedWith = List.copyOf(sharedWith);
    expectations = List.copyOf(expectations);
    settings = Map.copyOf(settings);
    places = Map.copyOf(places);
  }

  /// What rows are expected to be.
  public List<Expectation> expected() {
    return expectations.stream().map(ExpectationFile::expectation).toList();
  }

  /// Where an instruction stands, or the start of the file.
  public Place place(String instruction) {
    return places.getOrDefault(instruction, new Place(path, 1, 1));
  }
}
