// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs one SQL query.
@Command(
    name = "sql",
    description = "Run one SQL query and print its answer.",
    mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "ClickHouse output format (default PrettyCompact, or TSV in a pipe)")
  private @Nullable String format;

  @Parameters(paramLabel = "SQL", description = "the query; - reads it from standard input")
  private String sql = "";

  SqlCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (ApiClient client = server.connect(context.environment());
        InputStream answer =
            client.call("POST", "/v0/sql", BodyPublishers.ofString(query()), "text/plain")) {
      answer.transferTo(context.console().bytes());
      context.console().bytes().flush();
    }
    return 0;
  }

  private String query() throws IOException {
    String text = sql.equals("-") ? StandardInput.text() : sql;
    String query = text.strip().replaceFirst(";+$", "");
    if (format == null && query.toLowerCase(Locale.ROOT).matches("(?s).*\\bformat\\s+\\w+$")) {
      return query;
    }
    String fallback = context.console().terminal() ? "PrettyCompact" : "TSVWithNames";
    return query + "\nFORMAT " + (format == null ? fallback : format);
  }
}
