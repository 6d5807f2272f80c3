// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import kinglet.auth.Scope;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKind;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.SharedDataSource;
import kinglet.catalog.Snapshot;
import kinglet.error.PlatformException;
import kinglet.sql.ReferenceKind;
import kinglet.sql.Sql;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;

/// Looks up what one query names, for one token, and notes what it may therefore read. Owned by the
/// thread that plans the query.
///
/// A pipe's own SQL may read every table of its workspace; the caller needs the pipe's scope alone.
final class AccessPolicy {
  private final Resources resources;
  private final Token token;
  private final PipeSource pipes;
  private final TableReadings readings;

  /// Names with a meaning in this query alone, such as `_`.
  private final Map<String, String> local = new HashMap<>();

  private final Set<String> tables = new HashSet<>();
  private final Map<String, String> parameters = new HashMap<>();

  AccessPolicy(Resources resources, Token token, PipeSource pipes, TableReadings readings) {
    this.resources = resources;
    this.token = token;
    this.pipes = pipes;
    this.readings = readings;
  }

  /// Lets names stand for a pipe that the token has been checked against already.
  void define(CompiledQuery query, String... names) {
    String inlined = inlined(query);
    for (String name : names) {
      local.put(name, inlined);
    }
  }

  /// What the query may read, as `database.table`.
  Set<String> tables() {
    return tables;
  }

  /// The values of placeholders in the pipes that were put in.
  Map<String, String> parameters() {
    return parameters;
  }

  /// Adds the values of placeholders in the caller's own text.
  void bind(Map<String, String> values) {
    parameters.putAll(values);
  }

  /// The text to put in the place of a reference; empty where it can only be a column.
  Optional<String> replacement(TableReference reference) {
    Optional<ServiceDataSource> service =
        reference.database().flatMap(schema -> ServiceDataSource.find(schema, reference.name()));
    if (service.isPresent()) {
      return Optional.of(rows(reference, service.get()));
    }
    Optional<Snapshot> snapshot =
        reference.database().flatMap(schema -> resources.snapshot(schema, reference.name()));
    if (snapshot.isPresent()) {
      return Optional.of(rows(reference, snapshot.get()));
    }
    Optional<SharedDataSource> shared = shared(reference);
    if (shared.isPresent()) {
      DataSource source = shared.get().dataSource();
      return Optional.of(table(reference, source, shared.get().name(), source.table()));
    }
    String name = nameHere(reference);
    String defined = local.get(name);
    if (defined != null && reference.kind() != ReferenceKind.JOIN_STORAGE) {
      return Optional.of(defined);
    }
    Optional<DataSource> dataSource = resources.dataSource(name);
    if (dataSource.isPresent()) {
      return Optional.of(
          table(reference, dataSource.get(), dataSource.get().name(), dataSource.get().table()));
    }
    Optional<DataSource> quarantined = resources.quarantined(name);
    if (quarantined.isPresent()) {
      DataSource source = quarantined.get();
      return Optional.of(table(reference, source, source.name(), source.quarantineTable()));
    }
    Optional<CompiledPipe> pipe = resources.pipe(name);
    if (pipe.isPresent()) {
      return Optional.of(pipe(pipe.get()));
    }
    Optional<CompiledPipe> versions = versions(name);
    if (versions.isPresent()) {
      return Optional.of(version(versions.get(), name));
    }
    if (reference.kind() == ReferenceKind.IN_OPERAND) {
      return Optional.empty();
    }
    throw unknown(reference);
  }

  /// The feature view of which a name such as `shopper@2` means one version.
  private Optional<CompiledPipe> versions(String name) {
    int at = name.lastIndexOf('@');
    return at < 0
        ? Optional.empty()
        : resources
            .pipe(name.substring(0, at))
            .filter(pipe -> pipe.pipe().kind() instanceof PipeKind.Features);
  }

  /// The values of a version, which whoever may read the view may read.
  private String version(CompiledPipe view, String name) {
    String database = resources.workspace().featureDatabase();
    tables.add(database + "." + name);
    return readable(view, () -> "(SELECT * FROM " + Sql.quote(database, name) + ")");
  }

  private Optional<SharedDataSource> shared(TableReference reference) {
    return reference
        .database()
        .filter(origin -> !origin.equals(resources.workspace().name()))
        .flatMap(origin -> resources.shared(origin, reference.name()));
  }

  /// The name inside the workspace; only the workspace's own name may stand before it.
  private String nameHere(TableReference reference) {
    Optional<String> before = reference.database();
    if (before.isEmpty() || before.get().equals(resources.workspace().name())) {
      return reference.name();
    }
    if (reference.kind() == ReferenceKind.IN_OPERAND) {
      throw new PlatformException(
          QueryError.UNKNOWN_TABLE,
          "[Error] Resource '"
              + reference.text()
              + "' not found; for a column, write has("
              + reference.text()
              + ", ...)");
    }
    throw unknown(reference);
  }

  /// @param name what the data source is called in this workspace and in scopes
  private String table(TableReference reference, DataSource dataSource, String name, String table) {
    if (!token.mayReadDataSource(name, dataSource.publicId())) {
      throw refused("DATASOURCES:READ", "data source", name);
    }
    Optional<String> filter = token.dataSourceFilter(name, dataSource.publicId());
    boolean storage = reference.kind() == ReferenceKind.JOIN_STORAGE;
    if (storage && dataSource.engine().kind() != EngineKind.JOIN) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED,
          "[Error] joinGet reads a data source with a Join engine, and '" + name + "' is none");
    }
    if (storage && filter.isPresent()) {
      throw refused("DATASOURCES:READ", "data source", name);
    }
    tables.add(dataSource.database() + "." + table);
    String qualified = Sql.quote(dataSource.database(), table);
    return filter
        .map(condition -> "(SELECT * FROM " + qualified + " WHERE " + condition(condition) + ")")
        .orElse(qualified);
  }

  private String rows(TableReference reference, ServiceDataSource source) {
    String name = source.fullName();
    if (!token.mayReadDataSource(name, name)) {
      throw refused("DATASOURCES:READ", "data source", name);
    }
    if (reference.kind() == ReferenceKind.JOIN_STORAGE) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED,
          "[Error] joinGet reads a data source with a Join engine, and '" + name + "' is none");
    }
    tables.add(source.qualifiedTable());
    String rows = resources.rows(source);
    return token
        .dataSourceFilter(name, name)
        .map(condition -> "(SELECT * FROM " + rows + " WHERE " + condition(condition) + ")")
        .orElse(rows);
  }

  /// Who may read a data source may read its snapshots, those rows of them that its filter lets
  /// through; without it, a scope for the snapshot itself is needed.
  private String rows(TableReference reference, Snapshot snapshot) {
    String name = snapshot.fullName();
    Optional<String> filter = token.dataSourceFilter(name, name);
    if (!token.mayReadDataSource(name, name)) {
      DataSource source =
          resources
              .source(snapshot)
              .filter(one -> token.mayReadDataSource(one.name(), one.publicId()))
              .orElseThrow(() -> refused("DATASOURCES:READ", "snapshot", name));
      filter = token.dataSourceFilter(source.name(), source.publicId());
    }
    if (reference.kind() == ReferenceKind.JOIN_STORAGE) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED,
          "[Error] joinGet reads a data source with a Join engine, and '" + name + "' is none");
    }
    tables.add(snapshot.database() + "." + snapshot.table());
    return filter
        .map(condition ->
            "(SELECT * FROM " + snapshot.sqlName() + " WHERE " + condition(condition) + ")")
        .orElse(snapshot.sqlName());
  }

  private String pipe(CompiledPipe pipe) {
    return readable(pipe, () -> inlined(pipes.of(pipe)));
  }

  /// A query for what a pipe gives, for a token that may read it, with the token's filter.
  private String readable(CompiledPipe pipe, Supplier<String> query) {
    if (!token.mayReadPipe(pipe.name(), pipe.pipe().id())) {
      throw refused("PIPES:READ", "pipe", pipe.name());
    }
    Optional<String> filter =
        token.pipeScope(pipe.name(), pipe.pipe().id()).flatMap(Scope.ReadPipe::filter);
    String rows = query.get();
    return filter
        .map(condition -> "(SELECT * FROM " + rows + " WHERE " + condition(condition) + ")")
        .orElse(rows);
  }

  /// A pipe's SELECT in parentheses, after a look at the tables it reads.
  private String inlined(CompiledQuery query) {
    for (TableReference reference : readings.of(query.sql())) {
      String database = reference.database().orElse("");
      boolean own = database.equals(resources.workspace().database()) && isTable(reference.name());
      boolean features = database.equals(resources.workspace().featureDatabase());
      boolean shared = isShared(database, reference.name());
      if (own || features || shared || isRows(query.sql(), reference)) {
        tables.add(database + "." + reference.name());
      }
    }
    parameters.putAll(query.parameters());
    return "(" + query.sql() + ")";
  }

  private boolean isRows(String sql, TableReference reference) {
    return reference.database().filter(ServiceDataSource.DATABASE::equals).isPresent()
        && ServiceDataSource.isConfined(
            sql, reference.offset(), reference.name(), resources.workspace().id());
  }

  private boolean isTable(String table) {
    return resources.dataSources().stream()
        .anyMatch(source -> source.table().equals(table) || source.quarantineTable().equals(table));
  }

  private boolean isShared(String database, String table) {
    return resources.shared().stream()
            .map(SharedDataSource::dataSource)
            .anyMatch(source -> source.database().equals(database) && source.table().equals(table))
        || resources.snapshots().stream()
            .anyMatch(one -> one.database().equals(database) && one.table().equals(table));
  }

  /// A token's condition in parentheses; it must be one expression that reads no table.
  static String condition(String text) {
    SqlReferences references = SqlReferences.of("SELECT 1 WHERE " + text);
    boolean reads =
        references.tables().stream().anyMatch(one -> one.kind() != ReferenceKind.IN_OPERAND);
    boolean more = !references.settings().isEmpty() || references.format().isPresent();
    if (reads || more || !references.parameters().isEmpty()) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED,
          "[Error] The token's filter is not a condition over columns; correct the token");
    }
    return "(" + Sql.plain(text) + ")";
  }

  private PlatformException refused(String scope, String what, String name) {
    return new PlatformException(
        QueryError.RESOURCE_NOT_ALLOWED,
        "The token '"
            + token.name()
            + "' may not read the "
            + what
            + " '"
            + name
            + "'; it needs the scope "
            + scope
            + ":"
            + name);
  }

  private static PlatformException unknown(TableReference reference) {
    boolean service = reference.database().filter(ServiceDataSource::isSchema).isPresent();
    boolean snapshot = reference.database().filter(Snapshot.SCHEMA::equals).isPresent();
    if (snapshot) {
      return new PlatformException(
          QueryError.UNKNOWN_TABLE,
          "[Error] Resource '" + reference.text() + "' not found; there is no such snapshot");
    }
    return new PlatformException(
        QueryError.UNKNOWN_TABLE,
        service
            ? "[Error] " + ServiceDataSource.unknown(reference.text())
            : "[Error] Resource '"
                + reference.text()
                + "' not found; read a data source or a pipe");
  }
}
