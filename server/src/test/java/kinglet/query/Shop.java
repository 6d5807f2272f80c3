// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kinglet.auth.Scope;
import kinglet.auth.Secret;
import kinglet.auth.SecretKeys;
import kinglet.auth.Secrets;
import kinglet.auth.Token;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Node;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.database.Database;
import kinglet.metrics.Metrics;
import kinglet.testkit.TestEngine;
import kinglet.type.Column;
import kinglet.type.Schema;

/// A workspace with data sources and pipes on the real engine, and another workspace's database.
final class Shop implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  static final String DATABASE = "w_shop";

  final Workspace workspace = new Workspace("shop-id", "shop", DATABASE, NOW);
  final ClickHouse engine = TestEngine.shared().client();
  final RecordingClickHouse recorded = new RecordingClickHouse(engine);
  final Catalog catalog;
  final Secrets secrets;
  private final Database database;
  private long lastId;

  Shop(Path folder) {
    database = Database.open(folder.resolve("catalogue.sqlite"));
    SecretKeys keys = SecretKeys.open(folder.resolve("token.key"), new SecureRandom());
    secrets = new Secrets(database, keys, InstantSource.fixed(NOW));
    catalog = new Catalog(database, InstantSource.fixed(NOW), new SecureRandom());
    for (String name : List.of(DATABASE, "w_other")) {
      admin("DROP DATABASE IF EXISTS " + name);
      admin("CREATE DATABASE " + name);
    }
    admin("CREATE TABLE w_other.treasure (gold UInt64) ENGINE = MergeTree ORDER BY gold");
    for (String name : List.of("events", "secrets")) {
      admin(
          "CREATE TABLE w_shop."
              + name
              + " (id UInt64, day Date, value String, at DateTime, __seq UInt64 MATERIALIZED 7,"
              + " __ingested_at DateTime64(6, 'UTC') MATERIALIZED now64(6))"
              + " ENGINE = ReplacingMergeTree ORDER BY id SAMPLE BY id");
      admin("CREATE TABLE w_shop." + name + "_quarantine (c__error Array(String)) ENGINE = Log");
      admin(
          "INSERT INTO w_shop."
              + name
              + " SELECT number, toDate('2026-01-01') + number % 10, concat('"
              + name
              + "', toString(number)), toDateTime('2026-01-01 00:00:00') + number"
              + " FROM numbers(1000)");
    }
    admin("CREATE TABLE w_shop.lookup (k UInt64, v String) ENGINE = Join(ANY, LEFT, k)");
    admin("INSERT INTO w_shop.lookup VALUES (1, 'one')");
    deploy();
  }

  private void deploy() {
    List<DataSource> sources =
        List.of(
            source("events", EngineKind.MERGE_TREE),
            source("lookup", EngineKind.JOIN),
            source("secrets", EngineKind.MERGE_TREE));
    List<Pipe> pipes = new ArrayList<>();
    pipes.add(
        pipe(
            "top_events",
            true,
            "ranked",
            "SELECT id, value, day, at FROM events ORDER BY id LIMIT 10",
            "result",
            "SELECT id, value, day, toUInt64(18446744073709551615) AS big, at FROM ranked"));
    pipes.add(
        pipe(
            "chosen",
            true,
            "rows",
            """
            %
            SELECT {{column(table, 'id')}} FROM events
            WHERE day >= {{Date(day, '2020-01-01')}} AND id IN {{Array(ids, 'UInt64', '1,2')}}
            AND value != {{String(value, '')}} ORDER BY {{columns(order, 'id')}}
            LIMIT {{Int32(count, 10)}}
            """));
    pipes.add(pipe("hidden", true, "all", "SELECT * FROM secrets"));
    pipes.add(pipe("over_secrets", true, "count", "SELECT count() AS c FROM secrets"));
    pipes.add(pipe("plain", false, "only", "SELECT max(id) AS m FROM events"));
    pipes.add(
        pipe(
            "slow",
            true,
            "s",
            "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(cityHash64(number))"));
    pipes.add(pipe("broken", true, "b", "SELECT nothing_here FROM events"));
    catalog.replace(new Resources(workspace, 1, sources, pipes, List.of(), List.of()));
  }

  private DataSource source(String name, EngineKind kind) {
    Schema schema = Schema.of(Column.of("id", "UInt64"));
    lastId++;
    return new DataSource(
        lastId,
        "t_" + lastId,
        workspace.id(),
        name,
        "",
        DATABASE,
        name,
        1,
        schema,
        new TreeMap<>(Map.of(1, schema)),
        Engine.of(kind),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        NOW,
        NOW);
  }

  /// A pipe of nodes given as names and texts by turns; the last one is its output.
  private Pipe pipe(String name, boolean endpoint, String... nodes) {
    List<Node> list = new ArrayList<>();
    for (int i = 0; i < nodes.length; i += 2) {
      list.add(new Node(name + i, nodes[i], "", nodes[i + 1]));
    }
    String output = nodes[nodes.length - 2];
    PipeKind kind =
        endpoint
            ? new PipeKind.Endpoint(output, OptionalInt.empty(), Optional.empty())
            : new PipeKind.Plain(output);
    lastId++;
    return new Pipe("t_" + lastId, workspace.id(), name, "", list, kind, List.of(), NOW, NOW);
  }

  private void admin(String sql) {
    engine.execute(Statement.of(Role.ADMIN, sql));
  }

  Queries queries(QueryLimits limits) {
    return new Queries(catalog, recorded, new NoFeatures(), limits, limits, new Metrics());
  }

  Token token(String... scopes) {
    Set<Scope> all =
        Arrays.stream(scopes)
            .map(Scope::parse)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return token(all);
  }

  Token token(Set<Scope> scopes) {
    return new Token(
        "token-id",
        workspace.id(),
        "shopper",
        "",
        scopes,
        new Secret("p.x.y"),
        Token.Origin.CUSTOM,
        OptionalInt.empty(),
        NOW,
        NOW);
  }

  static String read(QueryAnswer answer) {
    try (answer) {
      return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
