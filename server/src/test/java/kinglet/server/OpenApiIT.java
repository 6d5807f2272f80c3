// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The OpenAPI document of endpoints, as another reader of such documents understands it.
final class OpenApiIT {
  private static final String PIPE =
      """
      DESCRIPTION >
          Pages by visits
          and more

      TAGS "web"

      NODE n
      SQL >
          %
          SELECT number AS n FROM numbers({{UInt32(total, 10, description='how many', required=True)}})
          WHERE toString(number) != {{String(page, 'none', enum=['none', 'a'], example='a')}}
          AND number IN {{Array(ids, 'Int64', '1,2')}} AND number > {{Float64(least, 0.5)}}
          AND now() > {{DateTime(since, '2020-01-01 00:00:00')}} AND today() > {{Date(day)}}
          AND number < {{Int64(big, 9007199254740993)}} AND number < {{Int8(small, -3)}}
          {% if Boolean(flag, 0) %} AND 1 {% end %}
          {% if defined(loose) %} AND 2 {% end %}

      TYPE ENDPOINT
      """;

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            Map.of(
                "pipes/pages.pipe",
                PIPE,
                "pipes/no_params.pipe",
                "NODE n\nSQL >\n    SELECT 1 AS one\n\nTYPE ENDPOINT\n",
                "pipes/hidden.pipe",
                "NODE n\nSQL >\n    SELECT 2 AS two\n"));
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static OpenAPI read(String document) {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(document, null, options);
    assertThat(result.getMessages()).as(document).isNullOrEmpty();
    assertThat(result.getOpenAPI()).as(document).isNotNull();
    assertThat(result.getOpenAPI().getSpecVersion()).isEqualTo(SpecVersion.V31);
    return result.getOpenAPI();
  }

  @Test
  void everyEndpointIsAnOperationWithItsParameters() {
    OpenAPI api = read(server.get("/v0/pipes/openapi.json").body());
    assertThat(api.getPaths()).containsOnlyKeys("/v0/pipes/pages.json", "/v0/pipes/no_params.json");
    var operation = api.getPaths().get("/v0/pipes/pages.json").getGet();
    assertThat(operation.getOperationId()).isEqualTo("pages");
    assertThat(operation.getDescription()).isEqualTo("Pages by visits\nand more");
    assertThat(operation.getTags()).containsExactly("web");
    assertThat(operation.getResponses()).containsKeys("200", "400", "403", "404", "408", "429");
    assertThat(operation.getParameters())
        .extracting(Parameter::getName)
        .contains("total", "page", "ids", "least", "since", "day", "big", "small", "flag", "loose");
    Parameter total = parameter(api, "total");
    assertThat(total.getIn()).isEqualTo("query");
    assertThat(total.getDescription()).isEqualTo("how many");
    assertThat(total.getSchema().getTypes().toString()).isEqualTo("[integer]");
    assertThat(total.getSchema().getMaximum().longValueExact()).isEqualTo(4_294_967_295L);
    assertThat(parameter(api, "page").getSchema().getEnum().toString()).isEqualTo("[none, a]");
    assertThat(parameter(api, "page").getExample()).isEqualTo("a");
    assertThat(parameter(api, "ids").getSchema().getTypes().toString()).isEqualTo("[array]");
    assertThat(parameter(api, "ids").getExplode()).isFalse();
    assertThat(parameter(api, "day").getRequired()).isTrue();
    assertThat(parameter(api, "loose").getRequired()).isFalse();
  }

  private static Parameter parameter(OpenAPI api, String name) {
    return api.getPaths().get("/v0/pipes/pages.json").getGet().getParameters().stream()
        .filter(parameter -> parameter.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void defaultsHaveTheTypesOfTheirParameters() {
    JsonNode parameters =
        json(server.get("/v0/pipes/pages.openapi"))
            .path("paths")
            .path("/v0/pipes/pages.json")
            .path("get")
            .path("parameters");
    Map<String, String> expected =
        Map.of(
            "total", "10",
            "page", "\"none\"",
            "ids", "[1,2]",
            "least", "0.5",
            "since", "\"2020-01-01 00:00:00\"",
            "big", "9007199254740993",
            "small", "-3");
    int seen = 0;
    for (JsonNode parameter : parameters) {
      String name = parameter.path("name").asString("");
      if (expected.containsKey(name)) {
        assertThat(parameter.path("schema").path("default").toString())
            .as(name)
            .isEqualTo(expected.get(name));
        seen++;
      }
    }
    assertThat(seen).isEqualTo(expected.size());
  }

  @Test
  void oneEndpointHasADocumentOfItsOwn() {
    OpenAPI api = read(server.get("/v0/pipes/no_params.openapi").body());
    assertThat(api.getPaths()).containsOnlyKeys("/v0/pipes/no_params.json");
    assertThat(api.getServers().getFirst().getUrl()).startsWith("http://127.0.0.1:");
    assertThat(server.get("/v0/pipes/hidden.openapi").statusCode()).isEqualTo(404);
    assertThat(server.get("/v0/pipes/nowhere.openapi").statusCode()).isEqualTo(404);
  }

  @Test
  void aTokenSeesWhatItMayCall() {
    String token =
        json(server.post("/v0/tokens", "name=one&scope=PIPES:READ:no_params", FORM))
            .path("token")
            .asString("");
    OpenAPI api = read(anonymous("/v0/pipes/openapi.json?token=" + token).body());
    assertThat(api.getPaths()).containsOnlyKeys("/v0/pipes/no_params.json");
    assertThat(anonymous("/v0/pipes/pages.openapi?token=" + token).statusCode()).isEqualTo(403);
    assertThat(anonymous("/v0/pipes/openapi.json").statusCode()).isEqualTo(403);
  }

  private static HttpResponse<String> anonymous(String path) {
    return server.send(HttpRequest.newBuilder(server.uri(path)).GET());
  }
}
