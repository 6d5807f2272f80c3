// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Map;
import java.util.Optional;

/// What a call asks for beside the query itself.
///
/// @param q SQL over the endpoint's result, which it calls `_` or by the pipe's name; for `/v0/sql`
///   not used
/// @param pipeline the pipe that `_` stands for in `/v0/sql`
/// @param format how to write the answer, unless the SQL has a FORMAT clause
/// @param settings `output_format_*` settings of the call
/// @param staging whether the deployment that waits as staging is asked, not the live one
public record QueryOptions(
    Optional<String> q,
    Optional<String> pipeline,
    Optional<AnswerFormat> format,
    Map<String, String> settings,
    boolean staging) {
  public static final QueryOptions NONE =
      new QueryOptions(Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), false);

  public QueryOptions {
    settings = Map.copyOf(settings);
  }

  public QueryOptions withQ(String sql) {
    return new QueryOptions(Optional.of(sql), pipeline, format, settings, staging);
  }

  public QueryOptions withPipeline(String pipe) {
    return new QueryOptions(q, Optional.of(pipe), format, settings, staging);
  }

  public QueryOptions withFormat(AnswerFormat wanted) {
    return new QueryOptions(q, pipeline, Optional.of(wanted), settings, staging);
  }

  public QueryOptions withSettings(Map<String, String> wanted) {
    return new QueryOptions(q, pipeline, format, wanted, staging);
  }
}
