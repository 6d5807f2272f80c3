// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.query.AnswerFormat;
import kinglet.query.QueryOptions;

/// Sorts the parameters of a query call: the template's arguments, and what is meant for us.
record QueryParameters(Parameters all) {
  /// Names with a meaning of their own; everything else goes to the template.
  private static final Set<String> RESERVED =
      Set.of(
          "token",
          "q",
          "pipeline",
          "format",
          "explain",
          "debug",
          "debug_source_tables",
          "finalize_aggregations",
          "playground",
          "query_id",
          "release_replacements",
          "tag",
          "template_parameters",
          "from",
          "cli_version",
          "__tb__semver",
          "__tb__deployment",
          "format_schema");

  private static final String OUTPUT_SETTING = "output_format_";

  /// Whether the deployment that waits as staging is asked for, not the live one.
  static boolean wantsStaging(Parameters parameters) {
    return parameters.first("__tb__deployment").filter("staging"::equals).isPresent();
  }

  Map<String, List<String>> arguments() {
    Map<String, List<String>> arguments = new LinkedHashMap<>(all.values());
    arguments.keySet().removeIf(name -> RESERVED.contains(name) || name.startsWith(OUTPUT_SETTING));
    return arguments;
  }

  QueryOptions options(Optional<String> q, Optional<AnswerFormat> format) {
    Map<String, String> settings = new LinkedHashMap<>();
    all.values()
        .forEach((name, texts) -> {
          if (name.startsWith(OUTPUT_SETTING)) {
            settings.put(name, texts.getFirst());
          }
        });
    return new QueryOptions(q, all.first("pipeline"), format, settings, wantsStaging(all));
  }
}
