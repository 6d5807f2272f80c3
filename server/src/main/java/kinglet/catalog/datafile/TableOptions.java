// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.Index;

/// Reads `INDEXES` and `ENGINE_SETTINGS`.
final class TableOptions {
  private static final Pattern SETTING =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*('(?:[^'\\\\]|\\\\.)*'|[-+A-Za-z0-9_.]+)");
  private static final Pattern LITERAL =
      Pattern.compile("(?i)'.*'|true|false|[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  private static final Pattern INDEX_TYPE =
      Pattern.compile(
          "(?is)(.+?)\\s+TYPE\\s+([A-Za-z_][A-Za-z0-9_]*\\s*(?:\\(.*\\))?)"
              + "(?:\\s+GRANULARITY\\s+(\\S+))?");

  /// Settings of a MergeTree table a project may choose; the rest is ours.
  private static final Set<String> ALLOWED_SETTINGS =
      new TreeSet<>(
          Set.of(
              "allow_nullable_key",
              "deduplicate_merge_projection_mode",
              "index_granularity",
              "index_granularity_bytes",
              "max_bytes_to_merge_at_max_space_in_pool",
              "max_bytes_to_merge_at_min_space_in_pool",
              "max_parts_in_total",
              "merge_max_block_size",
              "merge_max_block_size_bytes",
              "merge_with_recompression_ttl_timeout",
              "merge_with_ttl_timeout",
              "min_age_to_force_merge_on_partition_only",
              "min_age_to_force_merge_seconds",
              "min_bytes_for_wide_part",
              "min_rows_for_wide_part",
              "parts_to_delay_insert",
              "parts_to_throw_insert",
              "primary_key_compress_block_size",
              "ratio_of_defaults_for_sparse_serialization",
              "ttl_only_drop_parts"));

  private TableOptions() {}

  static Map<String, String> settings(Statement statement) {
    String text = statement.value();
    Map<String, String> settings = new LinkedHashMap<>();
    int at = 0;
    Matcher setting = SETTING.matcher(text);
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == ',') {
        at++;
        continue;
      }
      if (!setting.find(at)
          || setting.start() != at
          || !LITERAL.matcher(setting.group(2)).matches()) {
        throw new DatafileProblem(
            statement.rest().place(),
            "ENGINE_SETTINGS expects name=value with a number, true, false or a text in single"
                + " quotes, not '"
                + text.substring(at)
                + "'");
      }
      String name = setting.group(1).toLowerCase(Locale.ROOT);
      if (!ALLOWED_SETTINGS.contains(name)) {
        throw new DatafileProblem(
            statement.rest().place(),
            "The setting '"
                + name
                + "' cannot be changed; these can: "
                + String.join(", ", ALLOWED_SETTINGS));
      }
      settings.put(name, setting.group(2));
      at = setting.end();
    }
    return settings;
  }

  static List<Index> indexes(Statement.Block block) {
    List<Index> indexes = new ArrayList<>();
    for (SourceLine line : block.trimmed()) {
      String text = line.text().strip();
      if (!text.isEmpty() && !text.startsWith("#") && !text.startsWith("--")) {
        indexes.add(index(line, text));
      }
    }
    return indexes;
  }

  private static Index index(SourceLine line, String written) {
    Place place = line.at(Statement.Block.indent(line.text()) + 1);
    String text = written.endsWith(",") ? written.substring(0, written.length() - 1) : written;
    text = text.replaceFirst("(?i)^INDEX\\s+", "").strip();
    Matcher name =
        Pattern.compile("(?s)`([^`]+)`\\s+(.+)|([A-Za-z_][A-Za-z0-9_]*)\\s+(.+)").matcher(text);
    if (!name.matches()) {
      throw invalidIndex(place);
    }
    boolean quoted = name.group(1) != null;
    Matcher type = INDEX_TYPE.matcher(quoted ? name.group(2) : name.group(4));
    if (!type.matches()) {
      throw invalidIndex(place);
    }
    String granularity = type.group(3) == null ? "1" : type.group(3);
    if (!granularity.matches("[1-9][0-9]{0,8}")) {
      throw new DatafileProblem(
          place, "GRANULARITY of an index must be a positive number, not '" + granularity + "'");
    }
    return new Index(
        quoted ? name.group(1) : name.group(3),
        type.group(1).strip(),
        type.group(2).strip(),
        Integer.parseInt(granularity));
  }

  private static DatafileProblem invalidIndex(Place place) {
    return new DatafileProblem(
        place, "An index is: INDEX name expression TYPE type(arguments) GRANULARITY number");
  }
}
