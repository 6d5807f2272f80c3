// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.ServiceDataSource;

/// One call of an endpoint, or of the Query API.
///
/// @param url the path; with the parameters of the query string, without the token
/// @param inUrl the parameters that stood in the query string
/// @param parameters all parameters of the call
/// @param error why it failed, if it did
public record PipeCall(
    String workspaceId,
    Instant start,
    Resource pipe,
    String release,
    Request request,
    Caller caller,
    long durationNanos,
    int status,
    Counts counts,
    Optional<String> error)
    implements ServiceRecord {
  /// What the data source calls the Query API.
  public static final String QUERY_API = "query_api";

  private static final String TOKEN = "token";

  /// The pipe that was called; without an identifier when there is none of that name.
  public record Resource(String id, String name, List<String> tags) {
    public static final Resource SQL = new Resource(QUERY_API, QUERY_API, List.of());

    public static Resource unknown(String name) {
      return new Resource("", LoggedText.of(name), List.of());
    }
  }

  /// What was sent.
  public record Request(
      String id,
      String method,
      String path,
      Map<String, List<String>> inUrl,
      Map<String, List<String>> parameters) {
    public Request {
      path = LoggedText.of(path);
      inUrl = LoggedText.of(inUrl);
      parameters = LoggedText.of(parameters);
    }

    private String url(Masking masking) {
      StringBuilder url = new StringBuilder(path);
      masking
          .apply(inUrl)
          .forEach((name, values) ->
              values.stream()
                  .filter(_ -> !name.equals(TOKEN))
                  .forEach(value ->
                      url.append(url.length() == path.length() ? '?' : '&')
                          .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                          .append('=')
                          .append(URLEncoder.encode(value, StandardCharsets.UTF_8))));
      return url.toString();
    }

    private Map<String, String> first(Masking masking) {
      Map<String, String> first = new LinkedHashMap<>();
      masking.apply(parameters).forEach((name, values) -> first.put(name, values.getFirst()));
      first.remove(TOKEN);
      return first;
    }
  }

  /// Who sent it: the token's identifier and name, never its text.
  public record Caller(String tokenId, String tokenName, String userAgent) {
    public Caller {
      userAgent = LoggedText.of(userAgent);
    }
  }

  /// What the engine counted.
  public record Counts(long readRows, long readBytes, long resultRows) {}

  public PipeCall {
    error = error.map(LoggedText::of);
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<ServiceDataSource, Map<String, Object>> rows = new LinkedHashMap<>();
    String url = request.url(masking);
    Map<String, String> parameters = request.first(masking);
    Map<String, Object> common = new LinkedHashMap<>();
    common.put("start_datetime", start.getEpochSecond());
    common.put("pipe_id", pipe.id());
    common.put("pipe_name", pipe.name());
    common.put("url", url);
    common.put("request_id", request.id());
    common.put("status_code", status);
    common.put("resource_tags", pipe.tags());
    if (error.isPresent()) {
      Map<String, Object> failed = new LinkedHashMap<>(common);
      failed.put("params", LoggedText.json(parameters));
      failed.put("error", masking.apply(error.get()));
      rows.put(ServiceDataSource.ENDPOINT_ERRORS, failed);
    }
    common.put("duration", durationNanos / 1e9);
    common.put("read_bytes", counts.readBytes());
    common.put("read_rows", counts.readRows());
    common.put("result_rows", counts.resultRows());
    common.put("error", error.isPresent() ? 1 : 0);
    common.put("token", caller.tokenId());
    common.put("token_name", caller.tokenName());
    common.put("method", request.method());
    common.put("parameters", parameters);
    common.put("release", release);
    common.put("user_agent", caller.userAgent());
    rows.put(ServiceDataSource.PIPE_STATS_RT, common);
    return rows;
  }
}
