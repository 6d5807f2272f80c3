// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Names;
import kinglet.catalog.Node;
import kinglet.catalog.Resources;
import kinglet.catalog.SharedDataSource;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.Place;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.sql.SqlReferences;
import kinglet.type.Schema;

/// Asks ClickHouse whether the pipes of other workspaces still work with the new columns of what is
/// shared with them.
final class ReaderCheck {
  private final Administrator administrator;
  private final String database;
  private final Findings findings;

  /// @param database where the new tables stand, empty
  ReaderCheck(Administrator administrator, String database, Findings findings) {
    this.administrator = administrator;
    this.database = database;
    this.findings = findings;
  }

  /// @param readers what the workspaces hold with which `originId` shares something
  void run(
      String originId,
      List<DataSourceFile> files,
      Map<String, Schema> schemas,
      List<Resources> readers) {
    for (DataSourceFile file : files) {
      Schema schema = schemas.get(file.name());
      for (Resources reader : readers) {
        for (SharedDataSource shared : reader.shared()) {
          boolean meant =
              shared.origin().id().equals(originId)
                  && shared.dataSource().name().equals(file.name());
          boolean same =
              shared.dataSource().schema().equals(schema)
                  && shared.dataSource().engine().equals(file.engine());
          if (meant && !same) {
            reader.pipes().forEach(pipe -> check(file, reader, shared, pipe));
          }
        }
      }
    }
  }

  private void check(
      DataSourceFile file, Resources reader, SharedDataSource shared, CompiledPipe pipe) {
    Names changed = new Changed(reader, shared, Identifiers.quote(database, file.name()));
    for (Node node : pipe.pipe().nodes()) {
      if (reads(pipe, node, shared) && failure(pipe.build(node.name())).isEmpty()) {
        Optional<String> failure = failure(pipe.build(node.name(), changed));
        if (failure.isPresent()) {
          Place place = file.place(file.places().containsKey("SCHEMA") ? "SCHEMA" : "ENGINE");
          findings.error(
              place,
              "The data source '"
                  + file.name()
                  + "' is shared with the workspace '"
                  + reader.workspace().name()
                  + "', and its pipe '"
                  + pipe.name()
                  + "' would fail: "
                  + failure.get());
          return;
        }
      }
    }
  }

  private static boolean reads(CompiledPipe pipe, Node node, SharedDataSource shared) {
    try {
      return SqlReferences.of(pipe.build(node.name()).sql()).tables().stream()
          .anyMatch(table ->
              table.database().filter(shared.dataSource().database()::equals).isPresent()
                  && table.name().equals(shared.dataSource().table()));
    } catch (PlatformException _) {
      // A node that cannot be rendered does not work as it is.
      return false;
    }
  }

  private Optional<String> failure(CompiledQuery query) {
    try {
      var _ =
          administrator.rows(
              Role.READER, "DESCRIBE TABLE (\n" + query.sql() + "\n)", query.parameters());
      return Optional.empty();
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.QUERY_FAILED) {
        throw e;
      }
      return Optional.of(EngineMessage.of(e, database));
    }
  }

  /// The names of a workspace, one of which stands for another table.
  private record Changed(Resources reader, SharedDataSource shared, String table) implements Names {
    @Override
    public Optional<String> table(String name) {
      return reader.table(name);
    }

    @Override
    public Optional<CompiledPipe> pipe(String name) {
      return reader.pipe(name);
    }

    @Override
    public Optional<String> features(String view) {
      return reader.features(view);
    }

    @Override
    public Optional<String> sharedTable(String workspace, String name) {
      return shared.name().equals(workspace + "." + name)
          ? Optional.of(table)
          : reader.sharedTable(workspace, name);
    }
  }
}
