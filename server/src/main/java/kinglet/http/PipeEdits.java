// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import kinglet.auth.Scope;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.Finding;
import kinglet.catalog.Node;
import kinglet.catalog.PausedCopies;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.PipeText;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.error.PlatformException;

/// Changes of single pipes: each edits the live project's file of the pipe and deploys it.
public final class PipeEdits {
  private final Access access;
  private final Deployments deployments;
  private final PausedCopies paused;

  public PipeEdits(Access access, Deployments deployments, PausedCopies paused) {
    this.access = access;
    this.deployments = deployments;
    this.paused = paused;
  }

  Caller creator(Exchange exchange, Parameters form) {
    Caller caller = access.caller(exchange, form);
    caller.require(
        () -> caller.token().admin() || caller.token().allows(Scope.WideScope.PIPES_CREATE),
        "this needs a token with the scope PIPES:CREATE or ADMIN");
    return caller;
  }

  static CompiledPipe find(Exchange exchange, Caller caller) {
    String name = exchange.segment("name");
    return caller.resources().pipe(name).orElseThrow(() -> PipeRoutes.unknown(name));
  }

  static Node node(String nameOrId, CompiledPipe pipe) {
    return pipe.pipe().nodes().stream()
        .filter(node -> node.name().equals(nameOrId) || node.id().equals(nameOrId))
        .findFirst()
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.UNKNOWN_NODE,
                "The pipe '" + pipe.name() + "' has no node '" + nameOrId + "'"));
  }

  static String required(Parameters given, String name) {
    return given
        .first(name)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new PlatformException(HttpError.INVALID_REQUEST, name + "= is missing"));
  }

  /// A pipe that is nothing yet may become something.
  static void requirePlain(CompiledPipe pipe) {
    if (!(pipe.pipe().kind() instanceof PipeKind.Plain)) {
      throw new PlatformException(
          CatalogError.PIPE_HAS_OUTPUT,
          "The pipe '"
              + pipe.name()
              + "' is of TYPE "
              + pipe.pipe().kind().type()
              + " already; take that away first");
    }
  }

  void change(Caller caller, CompiledPipe pipe, UnaryOperator<PipeText> change) {
    edit(
        caller,
        edit -> edit.put(FileKind.PIPE, pipe.name(), change.apply(text(edit, pipe.name())).text()));
  }

  /// What a deployment would say of a change, without making it; fails where it would be refused.
  List<Finding> check(Caller caller, CompiledPipe pipe, UnaryOperator<PipeText> change) {
    return deployments
        .edit(
            caller.workspace(),
            edit ->
                edit.put(FileKind.PIPE, pipe.name(), change.apply(text(edit, pipe.name())).text()),
            DeployOptions.by(caller.token().name()).checking())
        .deployment()
        .feedback();
  }

  void edit(Caller caller, UnaryOperator<ProjectEdit> change) {
    DeployResult unused =
        deployments.edit(caller.workspace(), change, DeployOptions.by(caller.token().name()));
  }

  /// Makes a new view that is not filled from what its source holds.
  void edit(Caller caller, UnaryOperator<ProjectEdit> change, DeployOptions.UnfilledView view) {
    DeployResult unused =
        deployments.edit(
            caller.workspace(), change, DeployOptions.by(caller.token().name()).with(view));
  }

  /// Takes the view of a pipe away; its target stays with its rows. Nothing where it has none.
  void unlink(Caller caller, CompiledPipe pipe) {
    if (!(pipe.pipe().kind() instanceof PipeKind.Materialized view)) {
      return;
    }
    DataSource target = current(caller).dataSource(view.dataSource()).orElseThrow();
    edit(
        caller,
        edit -> {
          ProjectEdit unlinked =
              edit.put(
                  FileKind.PIPE,
                  pipe.name(),
                  text(edit, pipe.name()).withKind(view.node(), Map.of()).text());
          // A target that the pipe described needs a file of its own now.
          return edit.file(FileKind.DATASOURCE, target.name()).isPresent()
              ? unlinked
              : unlinked.put(
                  FileKind.DATASOURCE, target.name(), DataSourceText.of(target).toString());
        });
  }

  Resources current(Caller caller) {
    return access.current(caller);
  }

  static PipeText text(ProjectEdit edit, String pipe) {
    ProjectFile file = edit.file(FileKind.PIPE, pipe).orElseThrow(() -> PipeRoutes.unknown(pipe));
    return PipeText.parse(file);
  }

  void respond(Exchange exchange, Caller caller, String pipe) {
    exchange.respondJson(200, shape(exchange, caller, pipe));
  }

  Map<String, Object> shape(Exchange exchange, Caller caller, String pipe) {
    return PipeShape.of(deployments, paused, access.current(caller), exchange.origin())
        .pipe(changed(caller, pipe));
  }

  void respondNode(Exchange exchange, Caller caller, String pipe, String node) {
    exchange.respondJson(200, PipeShape.node(changed(caller, pipe), node));
  }

  CompiledPipe changed(Caller caller, String pipe) {
    return access.current(caller).pipe(pipe).orElseThrow(() -> PipeRoutes.unknown(pipe));
  }
}
