// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Commands about endpoints.
@Command(name = "endpoint", description = "Call endpoints.", mixinStandardHelpOptions = true)
final class EndpointCommand {
  private final CommandContext context;

  EndpointCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "data",
      description = "Print what an endpoint answers.",
      mixinStandardHelpOptions = true)
  int data(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the endpoint's pipe") String name,
      @Option(
              names = "--param",
              paramLabel = "KEY=VALUE",
              description = "a parameter; may be repeated")
          @Nullable List<String> parameters,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              description = "table, json, csv, ndjson, parquet or prometheus")
          @Nullable String format)
      throws IOException {
    String wanted = format == null ? "table" : format;
    boolean table = wanted.equals("table");
    String path = "/v0/pipes/" + ApiClient.encode(name) + "." + (table ? "json" : wanted);
    String form = ApiClient.encode(pairs(parameters == null ? List.of() : parameters));
    try (ApiClient client = server.connect(context.environment())) {
      if (table) {
        Table.of(client.postJson(path, BodyPublishers.ofString(form), FORM))
            .print(context.console(), "");
        return 0;
      }
      try (InputStream answer = client.call("POST", path, BodyPublishers.ofString(form), FORM)) {
        answer.transferTo(context.console().bytes());
        context.console().bytes().flush();
      }
    }
    return 0;
  }

  private static final String FORM = "application/x-www-form-urlencoded";

  private static Map<String, List<String>> pairs(List<String> parameters) {
    Map<String, List<String>> pairs = new LinkedHashMap<>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      if (equals < 1) {
        throw new PlatformException(
            CliError.INVALID_ARGUMENT, "--param '" + parameter + "' is not KEY=VALUE");
      }
      pairs
          .computeIfAbsent(parameter.substring(0, equals), _ -> new ArrayList<>())
          .add(parameter.substring(equals + 1));
    }
    return pairs;
  }
}
