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
public record QueryOptions(
    Optional<String> q,
    Optional<String> pipeline,
    Optional<AnswerFormat> format,
    Map<String, String> settings) {
  public static final QueryOptions NONE =
      new QueryOptions(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  public QueryOptions {
    settings = Map.copyOf(settings);
  }

  public QueryOptions withQ(String sql) {
    return new QueryOptions(Optional.of(sql), pipeline, format, settings);
  }

  public QueryOptions withPipeline(String pipe) {
    return new QueryOptions(q, Optional.of(pipe), format, settings);
  }

  public QueryOptions withFormat(AnswerFormat wanted) {
    return new QueryOptions(q, pipeline, Optional.of(wanted), settings);
  }

  public QueryOptions withSettings(Map<String, String> wanted) {
    return new QueryOptions(q, pipeline, format, wanted);
  }
}
