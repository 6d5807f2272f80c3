// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKey;
import kinglet.catalog.Index;
import kinglet.catalog.Resources;
import kinglet.type.Column;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// A data source as the compatible routes show it, in a list or by itself.
final class DataSourceShape {
  private DataSourceShape() {}

  static Map<String, Object> listed(
      DataSource source, Resources resources, Map<String, TableStatistics.Size> sizes) {
    Map<String, Object> engine = new LinkedHashMap<>();
    engine.put("engine", source.engine().kind().sql());
    source.engine().key(EngineKey.SORTING_KEY).ifPresent(k -> engine.put("engine_sorting_key", k));
    source
        .engine()
        .key(EngineKey.PARTITION_KEY)
        .ifPresent(k -> engine.put("engine_partition_key", k));
    source.engine().key(EngineKey.PRIMARY_KEY).ifPresent(k -> engine.put("engine_primary_key", k));
    Map<String, Object> shape = common(source, resources, sizes);
    shape.put("engine", engine);
    shape.put("columns", columns(source));
    return shape;
  }

  static Map<String, Object> detailed(
      DataSource source, Resources resources, Map<String, TableStatistics.Size> sizes) {
    Map<String, Object> engine = new LinkedHashMap<>();
    engine.put("engine", source.engine().kind().sql());
    engine.put("engine_full", engineFull(source));
    engine.put("sorting_key", source.engine().key(EngineKey.SORTING_KEY).orElse("tuple()"));
    source.engine().key(EngineKey.PARTITION_KEY).ifPresent(k -> engine.put("partition_key", k));
    source.engine().key(EngineKey.PRIMARY_KEY).ifPresent(k -> engine.put("primary_key", k));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("columns", columns(source));
    schema.put("sql_schema", sqlSchema(source));
    Map<String, Object> shape = common(source, resources, sizes);
    shape.put("engine", engine);
    shape.put("schema", schema);
    shape.put("indexes", source.indexes().stream().map(DataSourceShape::index).toList());
    shape.put("errors_discarded_at", null);
    shape.put("new_columns_detected", false);
    return shape;
  }

  private static Map<String, Object> common(
      DataSource source, Resources resources, Map<String, TableStatistics.Size> sizes) {
    TableStatistics.@Nullable Size size = sizes.get(source.table());
    TableStatistics.@Nullable Size quarantine = sizes.get(source.quarantineTable());
    Map<String, Object> statistics = new LinkedHashMap<>();
    statistics.put("bytes", size == null ? null : size.bytes());
    statistics.put("row_count", size == null ? null : size.rows());
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", source.publicId());
    shape.put("name", source.name());
    shape.put("description", source.description());
    shape.put("type", source.hasJsonPaths() ? "ndjson" : "csv");
    shape.put("statistics", statistics);
    shape.put("quarantine_rows", quarantine == null ? 0 : quarantine.rows());
    shape.put("used_by", usedBy(source, resources));
    shape.put("shared_with", source.sharedWith());
    shape.put("tags", tags(source));
    shape.put("replicated", false);
    shape.put("cluster", null);
    shape.put("version", source.schemaVersion());
    shape.put("project", null);
    shape.put("headers", Map.of());
    shape.put("new_columns_detected", Map.of());
    shape.put("last_commit", Map.of("content_sha", "", "path", "", "status", "ok"));
    shape.put("created_at", Times.text(source.createdAt()));
    shape.put("updated_at", Times.text(source.updatedAt()));
    return shape;
  }

  private static List<Map<String, Object>> usedBy(DataSource source, Resources resources) {
    return resources.lineage().readers(source.name()).stream()
        .map(pipe -> Map.<String, Object>of("id", pipe.pipe().id(), "name", pipe.name()))
        .toList();
  }

  private static Map<String, Object> tags(DataSource source) {
    return source.tags().isEmpty() ? Map.of() : Map.of("filtering_tags", source.tags());
  }

  private static List<Map<String, Object>> columns(DataSource source) {
    List<Map<String, Object>> shapes = new ArrayList<>();
    for (Column column : source.schema().columns()) {
      boolean nullable = column.type() instanceof DataType.NullableOf;
      DataType type =
          column.type() instanceof DataType.NullableOf wrapped ? wrapped.inner() : column.type();
      Map<String, Object> shape = new LinkedHashMap<>();
      shape.put("name", column.name());
      shape.put("type", type.sql());
      shape.put("codec", column.codec() == null ? null : "CODEC(" + column.codec() + ")");
      shape.put(
          "default_value",
          column.defaultExpression() == null ? null : "DEFAULT " + column.defaultExpression());
      shape.put("jsonpath", column.jsonPath());
      shape.put("nullable", nullable);
      shape.put("normalized_name", column.name());
      shape.put("auto", false);
      shapes.add(shape);
    }
    return shapes;
  }

  private static String sqlSchema(DataSource source) {
    return source.schema().columns().stream()
        .map(column -> "`" + column.name() + "` " + column.type().sql())
        .collect(Collectors.joining(", "));
  }

  private static String engineFull(DataSource source) {
    StringBuilder full = new StringBuilder(source.engine().kind().sql());
    source
        .engine()
        .key(EngineKey.PARTITION_KEY)
        .ifPresent(k -> full.append(" PARTITION BY ").append(k));
    full.append(" ORDER BY (")
        .append(source.engine().key(EngineKey.SORTING_KEY).orElse(""))
        .append(')');
    source.engine().ttl().ifPresent(ttl -> full.append(" TTL ").append(ttl));
    return full.toString();
  }

  private static Map<String, Object> index(Index index) {
    return Map.of(
        "name",
        index.name(),
        "expr",
        index.expression(),
        "type",
        index.type(),
        "granularity",
        index.granularity());
  }
}
