// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKey;
import kinglet.catalog.EngineKind;
import kinglet.catalog.PipeKind;
import kinglet.catalog.PipeKind.CopyMode;

/// Reads what the nodes of a pipe say of how it is published.
final class PipeKindReader {
  private static final Set<String> STANDARD = Set.of("standard", "default", "stream");
  private static final Set<String> ENDPOINT = Set.of("TYPE", "CACHE", "FEATURE_DELAY");
  private static final Duration FEATURE_DELAY_MAX = Duration.ofDays(365);
  private static final Set<String> COPY =
      Set.of(
          "TYPE",
          "TARGET_DATASOURCE",
          "TARGET_WORKSPACE",
          "TARGET_TOKEN",
          "COPY_SCHEDULE",
          "COPY_MODE",
          "MODE",
          "COPY_TIMEZONE",
          "ON_DEMAND_COMPUTE");
  private static final Set<String> KAFKA_SINK =
      Set.of("TYPE", "EXPORT_CONNECTION_NAME", "EXPORT_KAFKA_TOPIC", "EXPORT_SCHEDULE");
  private static final Set<String> FILE_SINK =
      Set.of(
          "TYPE",
          "EXPORT_CONNECTION_NAME",
          "EXPORT_BUCKET_URI",
          "EXPORT_FILE_TEMPLATE",
          "EXPORT_SCHEDULE",
          "EXPORT_FORMAT",
          "EXPORT_COMPRESSION",
          "EXPORT_WRITE_STRATEGY",
          "EXPORT_STRATEGY");

  private static final Pattern SECRET =
      Pattern.compile("\\{\\{\\s*tb_secret\\(\\s*(['\"])([A-Za-z0-9_]+)\\1\\s*\\)\\s*\\}\\}");

  private final List<PipeReader.NodeDraft> nodes;
  private final Findings findings;
  private Place place;
  private final Map<String, Place> places = new HashMap<>();
  private Optional<Engine> targetEngine = Optional.empty();

  PipeKindReader(List<PipeReader.NodeDraft> nodes, Findings findings) {
    this.nodes = nodes;
    this.findings = findings;
    this.place = nodes.getLast().place;
  }

  Place place() {
    return place;
  }

  Map<String, Place> places() {
    return places;
  }

  Optional<Engine> targetEngine() {
    return targetEngine;
  }

  PipeKind read() {
    PipeReader.NodeDraft published = null;
    for (PipeReader.NodeDraft node : nodes) {
      if (STANDARD.contains(node.type())) {
        try {
          attributes(node, "Standard", Set.of("TYPE"));
        } catch (DatafileProblem problem) {
          findings.error(problem.place(), problem.text());
        }
      } else if (published != null) {
        findings.error(node.place, "Multiple non-standard nodes in pipe. There can only be one");
      } else {
        published = node;
      }
    }
    PipeReader.NodeDraft output = published == null ? nodes.getLast() : published;
    Statement type = output.settings.get("TYPE");
    place = type == null ? output.place : type.place();
    output.settings.forEach((name, statement) -> places.put(name, statement.place()));
    output.tiles.forEach(tile -> places.putIfAbsent("TILE", tile.place()));
    try {
      return published == null ? new PipeKind.Plain(output.name) : kind(output);
    } catch (DatafileProblem problem) {
      findings.error(problem.place(), problem.text());
      return new PipeKind.Plain(output.name);
    }
  }

  private PipeKind kind(PipeReader.NodeDraft node) {
    return switch (node.type()) {
      case "endpoint" -> endpoint(node);
      case "materialized" -> materialized(node);
      case "copy" -> copy(node);
      case "sink" -> sink(node);
      case "features" -> new FeaturesReader(nodes, node).read();
      default ->
          throw new DatafileProblem(
              place,
              "TYPE must be one of endpoint, materialized, copy, sink, features, standard, not '"
                  + node.type()
                  + "'");
    };
  }

  private PipeKind endpoint(PipeReader.NodeDraft node) {
    attributes(node, "Endpoint", ENDPOINT);
    return new PipeKind.Endpoint(node.name, cacheSeconds(node), featureDelay(node));
  }

  private static OptionalInt cacheSeconds(PipeReader.NodeDraft node) {
    Statement cache = node.settings.get("CACHE");
    if (cache == null) {
      return OptionalInt.empty();
    }
    if (!cache.value().matches("[0-9]{1,8}")) {
      throw new DatafileProblem(
          cache.rest().place(), "CACHE must be a number of seconds, not '" + cache.value() + "'");
    }
    return OptionalInt.of(Integer.parseInt(cache.value()));
  }

  private static Optional<Duration> featureDelay(PipeReader.NodeDraft node) {
    Statement delay = node.settings.get("FEATURE_DELAY");
    if (delay == null) {
      return Optional.empty();
    }
    Optional<Duration> span = Values.span(delay.value());
    if (span.isEmpty() || span.get().compareTo(FEATURE_DELAY_MAX) > 0) {
      throw new DatafileProblem(
          delay.rest().place(),
          "FEATURE_DELAY needs a span of time such as 5 minutes, of at most "
              + FEATURE_DELAY_MAX.toDays()
              + " days, not '"
              + delay.value()
              + "'");
    }
    return span;
  }

  private PipeKind materialized(PipeReader.NodeDraft node) {
    Map<EngineKey, String> keys = new HashMap<>();
    Map<String, String> settings = Map.of();
    EngineKind engine = EngineKind.AGGREGATING_MERGE_TREE;
    boolean described = false;
    for (Map.Entry<String, Statement> entry : node.settings.entrySet()) {
      Statement statement = entry.getValue();
      Optional<EngineKey> key = EngineKey.find(entry.getKey());
      if (key.isPresent()) {
        keys.put(key.get(), statement.value());
      } else if (entry.getKey().equals("ENGINE")) {
        engine = DataSourceReader.engine(statement);
      } else if (entry.getKey().equals("ENGINE_SETTINGS")) {
        settings = TableOptions.settings(statement);
      } else if (!Set.of("TYPE", "DATASOURCE", "DEPLOYMENT_METHOD").contains(entry.getKey())) {
        throw invalidAttribute("Materialized", node, statement);
      }
      described |= entry.getKey().startsWith("ENGINE");
    }
    if (described) {
      targetEngine = Optional.of(new Engine(engine, keys, settings));
    }
    Statement target = node.settings.get("DATASOURCE");
    if (target == null) {
      throw new DatafileProblem(
          place, "The materialized node '" + node.name + "' needs DATASOURCE, its target");
    }
    Statement method = node.settings.get("DEPLOYMENT_METHOD");
    boolean alter = method != null && Values.oneOf(method, "alter").equals("alter");
    if (node.sql.startsWith("%")) {
      throw new DatafileProblem(
          node.sqlPlace, "The SQL of a materialized node cannot be a template: it has no caller");
    }
    return new PipeKind.Materialized(node.name, Values.required(target), alter);
  }

  private PipeKind copy(PipeReader.NodeDraft node) {
    attributes(node, "Copy", COPY);
    Statement target = node.settings.get("TARGET_DATASOURCE");
    if (target == null) {
      throw new DatafileProblem(place, "The copy node '" + node.name + "' needs TARGET_DATASOURCE");
    }
    Statement schedule = node.settings.get("COPY_SCHEDULE");
    Optional<String> cron =
        schedule == null
            ? Optional.empty()
            : Optional.of(Cron.schedule(schedule, "@on-demand"))
                .filter(value -> !value.equals("@on-demand"));
    Statement mode =
        node.settings.containsKey("COPY_MODE")
            ? node.settings.get("COPY_MODE")
            : node.settings.get("MODE");
    CopyMode copyMode =
        mode == null
            ? CopyMode.APPEND
            : CopyMode.valueOf(Values.oneOf(mode, "append", "replace").toUpperCase(Locale.ROOT));
    Statement compute = node.settings.get("ON_DEMAND_COMPUTE");
    boolean onDemand = compute != null && Values.oneOf(compute, "true", "false").equals("true");
    Optional<String> timezone =
        Optional.ofNullable(node.settings.get("COPY_TIMEZONE")).map(PipeKindReader::zone);
    return new PipeKind.Copy(
        node.name, Values.required(target), elsewhere(node), cron, copyMode, timezone, onDemand);
  }

  private Optional<PipeKind.Elsewhere> elsewhere(PipeReader.NodeDraft node) {
    Statement workspace = node.settings.get("TARGET_WORKSPACE");
    Statement token = node.settings.get("TARGET_TOKEN");
    if (workspace == null && token == null) {
      return Optional.empty();
    }
    if (workspace == null || token == null) {
      throw new DatafileProblem(
          place,
          "The copy node '" + node.name + "' needs TARGET_WORKSPACE and TARGET_TOKEN together");
    }
    Matcher secret = SECRET.matcher(Values.required(token));
    if (!secret.matches()) {
      throw new DatafileProblem(
          token.rest().place(),
          "TARGET_TOKEN must be {{ tb_secret(\"name\") }}: a token does not stand in a file");
    }
    return Optional.of(new PipeKind.Elsewhere(Values.required(workspace), secret.group(2)));
  }

  private static String zone(Statement statement) {
    String zone = Values.required(statement).strip();
    try {
      return ZoneId.of(zone).getId();
    } catch (DateTimeException e) {
      throw new DatafileProblem(
          statement.rest().place(),
          "COPY_TIMEZONE must be a time zone such as Europe/Madrid, not '" + zone + "'");
    }
  }

  private PipeKind sink(PipeReader.NodeDraft node) {
    Statement service = node.settings.remove("EXPORT_SERVICE");
    if (service != null) {
      findings.warning(service.place(), "EXPORT_SERVICE is deprecated; the connection says it");
    }
    boolean kafka = node.settings.containsKey("EXPORT_KAFKA_TOPIC");
    if (kafka) {
      for (String name : List.of("EXPORT_FORMAT", "EXPORT_STRATEGY")) {
        Statement unused = node.settings.remove(name);
        if (unused != null) {
          findings.warning(
              unused.place(), name + " has no meaning for a topic of Kafka; it is ignored");
        }
      }
    }
    attributes(node, "Sink", kafka ? KAFKA_SINK : FILE_SINK);
    require(node, "EXPORT_CONNECTION_NAME");
    require(node, "EXPORT_SCHEDULE");
    if (!kafka) {
      require(node, "EXPORT_BUCKET_URI");
      require(node, "EXPORT_FILE_TEMPLATE");
    }
    Map<String, String> settings = new LinkedHashMap<>();
    node.settings.forEach((name, statement) -> {
      if (!name.equals("TYPE")) {
        settings.put(name, sinkValue(name, statement));
      }
    });
    if (!kafka) {
      settings.putIfAbsent("EXPORT_FORMAT", "csv");
    }
    return new PipeKind.Sink(node.name, settings);
  }

  private static String sinkValue(String name, Statement statement) {
    return switch (name) {
      case "EXPORT_SCHEDULE" -> Cron.schedule(statement, "@on-demand", "@once");
      case "EXPORT_FORMAT" -> Values.oneOf(statement, "csv", "ndjson", "parquet");
      case "EXPORT_COMPRESSION" ->
          Values.oneOf(statement, "none", "gz", "gzip", "br", "xz", "zst", "snappy", "lz4");
      case "EXPORT_WRITE_STRATEGY" -> Values.oneOf(statement, "new", "truncate");
      case "EXPORT_STRATEGY" ->
          Values.oneOf(statement, "@new", "create_new", "replace", "truncate");
      default -> Values.required(statement);
    };
  }

  private void require(PipeReader.NodeDraft node, String name) {
    if (!node.settings.containsKey(name)) {
      throw new DatafileProblem(place, "The sink node '" + node.name + "' needs " + name);
    }
  }

  static void attributes(PipeReader.NodeDraft node, String kind, Set<String> allowed) {
    if (!node.tiles.isEmpty() && !allowed.contains("TILE")) {
      throw invalidAttribute(kind, node, node.tiles.getFirst());
    }
    for (Map.Entry<String, Statement> entry : node.settings.entrySet()) {
      if (!allowed.contains(entry.getKey())) {
        throw invalidAttribute(kind, node, entry.getValue());
      }
    }
  }

  private static DatafileProblem invalidAttribute(
      String kind, PipeReader.NodeDraft node, Statement statement) {
    return new DatafileProblem(
        statement.place(),
        kind
            + " node '"
            + node.name
            + "' has an invalid attribute ("
            + statement.instruction().toLowerCase(Locale.ROOT)
            + ")");
  }
}
