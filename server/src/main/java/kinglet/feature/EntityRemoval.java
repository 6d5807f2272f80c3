// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.expression.Expression;
import kinglet.feature.definition.FeatureQuery;
import kinglet.feature.wire.JsonValues;
import kinglet.sql.Sql;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;
import tools.jackson.databind.json.JsonMapper;

/// Deletes entities from features, and says which rows of ClickHouse are theirs. Safe from any
/// thread.
public final class EntityRemoval {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Features features;

  public EntityRemoval(Features features) {
    this.features = features;
  }

  /// The rows of a data source that are an entity's.
  ///
  /// @param condition over the table under `alias`
  public record Rows(DataSource source, String alias, String condition) {}

  /// What describes an entity.
  public record Found(List<String> views, List<Rows> rows) {
    public Found {
      views = List.copyOf(views);
      rows = List.copyOf(rows);
    }
  }

  /// The views of an entity and the rows they are made of; fails if no view has such a key.
  public Found find(Workspace workspace, Resources resources, NamedEntity entity) {
    List<LiveView> described =
        features.all(workspace).stream().filter(view -> entity.isOf(view.program())).toList();
    if (described.isEmpty()) {
      throw new PlatformException(
          FeatureError.UNKNOWN_ENTITY,
          "No feature view has the entity '"
              + String.join(",", entity.columns())
              + "'; there are "
              + features.all(workspace).stream()
                  .map(view -> String.join(",", view.program().view().entity()))
                  .distinct()
                  .sorted()
                  .collect(Collectors.joining(" and ")));
    }
    Set<String> names = new LinkedHashSet<>();
    Set<Rows> rows = new LinkedHashSet<>();
    for (LiveView view : described) {
      Optional<Slot[]> key = entity.key(view.program());
      Optional<DataSource> source =
          resources
              .dataSource(view.dataSourceId())
              .filter(own -> own.workspaceId().equals(workspace.id()));
      if (key.isPresent()) {
        names.add(view.name());
        source.ifPresent(from -> rows.add(rows(view.program(), from, key.get())));
      }
    }
    if (names.isEmpty()) {
      throw new PlatformException(
          FeatureError.WRONG_VALUE,
          "'"
              + String.join(",", entity.values())
              + "' is no key: "
              + String.join(",", entity.columns())
              + " is "
              + described.getFirst().program().keyTypes().stream()
                  .map(DataType::sql)
                  .collect(Collectors.joining(",")));
    }
    return new Found(names.stream().sorted().toList(), List.copyOf(rows));
  }

  private static Rows rows(ViewProgram program, DataSource source, Slot[] key) {
    FeatureQuery query = program.view().query();
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < key.length; i++) {
      conditions.add(
          column(program, source, program.view().entity().get(i))
              + " = "
              + literal(program.keyTypes().get(i), key[i]));
    }
    return new Rows(source, query.alias(), String.join(" AND ", conditions));
  }

  /// A key column as SQL over the data source.
  private static String column(ViewProgram program, DataSource source, String name) {
    FeatureQuery query = program.view().query();
    Optional<Expression> expression =
        query.items().stream()
            .filter(item -> item.name().equals(name))
            .map(FeatureQuery.Item::expression)
            .findFirst();
    if (expression.isEmpty()) {
      return Sql.quote(name);
    }
    if (expression.get() instanceof Expression.Name(var table, String column, int _, int _)
        && source.schema().columns().stream().anyMatch(one -> one.name().equals(column))
        && table.filter(alias -> !alias.equals(query.alias())).isEmpty()) {
      return Sql.quote(column);
    }
    if (!program.enrichments().isEmpty()) {
      throw new PlatformException(
          FeatureError.INVALID_READ,
          "The key of '"
              + program.name()
              + "' is computed in a query that looks up other views: delete the rows of '"
              + source.name()
              + "' by a condition and change the view");
    }
    return "(" + expression.get().sql() + ")";
  }

  private static String literal(DataType type, Slot value) {
    Bytes json = new Bytes(64);
    new JsonValues(json).write(type, value);
    String text = Sql.literal(JSON.readTree(json.toArray()).asString());
    return "CAST(" + text + ", " + Sql.literal(type.sql()) + ")";
  }

  /// Removes an entity from the state of every view, for good. Called again for the same job it
  /// does what is left.
  ///
  /// @return until which sequence number rows are the entity's past
  public long forget(String job, Workspace workspace, NamedEntity entity) {
    return features.forget(job, workspace, entity);
  }

  /// The rows of a job's entity are gone from ClickHouse.
  public void removed(String job) {
    features.removed(job);
  }
}
