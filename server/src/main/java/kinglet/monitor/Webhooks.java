// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Monitor;
import kinglet.catalog.Resources;
import kinglet.error.PlatformException;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.monitor.Alert.Kind;
import kinglet.monitor.Alert.Subject;
import kinglet.thread.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Tells the addresses of monitors and data sources of alerts that were opened or resolved: one
/// call with all that one of them has to say.
public final class Webhooks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern SECRET =
      Pattern.compile("\\{\\{\\s*tb_secret\\(\\s*[\"']([^\"']+)[\"']\\s*\\)\\s*}}");

  private final Catalog catalog;
  private final Alerts alerts;
  private final BiFunction<String, String, Optional<String>> secrets;
  private final Consumer<URI> allowed;
  private final InstantSource clock;
  private final Counter delivered;
  private final Counter failed;
  private final ExecutorService threads = Threads.virtual("webhook");
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .executor(threads)
          .build();

  /// @param secrets of a workspace, by its id and their name
  /// @param allowed refuses addresses that are not to be called
  public Webhooks(
      Catalog catalog,
      Alerts alerts,
      BiFunction<String, String, Optional<String>> secrets,
      Consumer<URI> allowed,
      InstantSource clock,
      Metrics metrics) {
    this.catalog = catalog;
    this.alerts = alerts;
    this.secrets = secrets;
    this.allowed = allowed;
    this.clock = clock;
    this.delivered = metrics.counter("webhook.calls", "result", "delivered");
    this.failed = metrics.counter("webhook.calls", "result", "failed");
  }

  /// @param owner the monitor or the data source
  private record Teller(String workspaceId, Kind kind, String owner) {
    Optional<String> webhook(Resources resources) {
      return switch (kind) {
        case MONITOR -> resources.monitor(owner).flatMap(Monitor::webhook);
        case DATA_SOURCE -> resources.dataSource(owner).flatMap(DataSource::webhook);
      };
    }

    Optional<String> secret(Resources resources) {
      return switch (kind) {
        case MONITOR -> resources.monitor(owner).flatMap(Monitor::webhookSecret);
        case DATA_SOURCE -> resources.dataSource(owner).flatMap(DataSource::webhookSecret);
      };
    }

    String word() {
      return switch (kind) {
        case MONITOR -> "monitor";
        case DATA_SOURCE -> "datasource";
      };
    }
  }

  /// Tells what is not told yet; one thread after the other.
  synchronized void tell() {
    Map<Teller, List<Alert>> news = new LinkedHashMap<>();
    for (Alert alert : alerts.untold()) {
      Subject subject = alert.subject();
      news.computeIfAbsent(
              new Teller(subject.workspaceId(), subject.kind(), subject.owner()),
              _ -> new ArrayList<>())
          .add(alert);
    }
    news.forEach(this::tell);
  }

  private void tell(Teller teller, List<Alert> news) {
    Optional<Resources> resources = catalog.current(teller.workspaceId());
    Optional<String> webhook = resources.flatMap(teller::webhook);
    boolean last = true;
    if (webhook.isPresent()) {
      last =
          call(
              teller,
              webhook.get(),
              resources.flatMap(teller::secret),
              body(resources.orElseThrow(), teller, news));
      (last ? delivered : failed).increment();
    }
    for (Alert alert : news) {
      alerts.called(alert, last);
    }
  }

  private boolean call(Teller teller, String webhook, Optional<String> secret, String body) {
    try {
      URI uri = URI.create(withSecrets(teller.workspaceId(), webhook));
      allowed.accept(uri);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(TIMEOUT)
              .header("Content-Type", "application/json")
              .header("User-Agent", "kinglet")
              .POST(BodyPublishers.ofString(body));
      if (secret.isPresent()) {
        String key = withSecrets(teller.workspaceId(), secret.get());
        if (key.isEmpty()) {
          failed(teller, "the secret of its signature is gone");
          return false;
        }
        WebhookSignature.of(key, clock.instant(), body).addTo(request);
      }
      HttpResponse<Void> answer = client.send(request.build(), BodyHandlers.discarding());
      if (answer.statusCode() / 100 == 2) {
        return true;
      }
      failed(teller, "it answers " + answer.statusCode());
    } catch (PlatformException e) {
      failed(teller, e.text());
    } catch (IOException | IllegalArgumentException e) {
      // The message may hold the teller, which may hold a secret.
      failed(teller, e.getClass().getSimpleName());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private static void failed(Teller teller, String reason) {
    LOG.atWarn()
        .addKeyValue(teller.word(), teller.owner())
        .addKeyValue("reason", reason)
        .log("a webhook could not be told");
  }

  private String withSecrets(String workspaceId, String webhook) {
    return SECRET
        .matcher(webhook)
        .replaceAll(found ->
            Matcher.quoteReplacement(secrets.apply(workspaceId, found.group(1)).orElse("")));
  }

  private static String body(Resources resources, Teller teller, List<Alert> news) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("workspace", resources.workspace().name());
    body.put(teller.word(), teller.owner());
    body.put("alerts", news.stream().map(Webhooks::shape).toList());
    return JSON.writeValueAsString(body);
  }

  private static Map<String, Object> shape(Alert alert) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("state", alert.isOpen() ? "open" : "resolved");
    switch (alert.subject().kind()) {
      case MONITOR -> {
        shape.put("feature_view", alert.subject().view());
        shape.put("feature", alert.subject().name());
      }
      case DATA_SOURCE -> shape.put("expectation", alert.subject().name());
    }
    shape.put("distance", alert.subject().measure());
    shape.put("value", alert.value());
    shape.put("threshold", alert.threshold());
    shape.put("opened_at", alert.openedAt().toString());
    alert.resolvedAt().ifPresent(time -> shape.put("resolved_at", time.toString()));
    return shape;
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
    threads.close();
  }
}
