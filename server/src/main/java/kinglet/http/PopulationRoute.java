// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CatalogError;
import kinglet.catalog.DataSource;
import kinglet.catalog.MaterializedView;
import kinglet.catalog.Node;
import kinglet.catalog.Pipe;
import kinglet.catalog.Workspace;
import kinglet.catalog.replacement.Exchanges;
import kinglet.catalog.replacement.Populations;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobError;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.query.SqlQueries;

/// `POST /v0/pipes/{pipe}/population`: fills a materialized view from its source, by a job.
public final class PopulationRoute {
  private static final List<String> NAMES =
      List.of("populate_subset", "populate_condition", "truncate");

  private final Access access;
  private final RequestBodies bodies;
  private final Populations populations;
  private final SqlQueries queries;
  private final Jobs jobs;

  public PopulationRoute(
      Access access, RequestBodies bodies, Populations populations, SqlQueries queries, Jobs jobs) {
    this.access = access;
    this.bodies = bodies;
    this.populations = populations;
    this.queries = queries;
    this.jobs = jobs;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("POST", "/v0/pipes/{pipe}/population", this::accept)
        .compatible("POST", "/v0/pipes/{pipe}/nodes/{node}/population", this::acceptNode);
  }

  private void accept(Exchange exchange) {
    accept(exchange, Optional.empty());
  }

  private void acceptNode(Exchange exchange) {
    accept(exchange, Optional.of(exchange.segment("node")));
  }

  private void accept(Exchange exchange, Optional<String> node) {
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    Caller caller = access.caller(exchange, form);
    caller.requireAdmin();
    Parameters given = exchange.query().with(form);
    String name = exchange.segment("pipe");
    Pipe pipe =
        caller
            .resources()
            .pipe(name)
            .orElseThrow(() ->
                new PlatformException(HttpError.UNKNOWN_RESOURCE, "Pipe '" + name + "' not found"))
            .pipe();
    MaterializedView view = Populations.view(caller.resources(), pipe.name());
    node.ifPresent(named -> requireMaterialized(pipe, named));
    DataSource target = DataSourceRoutes.find(caller, view.target());
    Populations.Wanted wanted = wanted(caller, given, view);
    Map<String, String> arguments = new LinkedHashMap<>();
    NAMES.forEach(option -> given.first(option).ifPresent(value -> arguments.put(option, value)));
    Workspace workspace = caller.workspace();
    Job job =
        jobs.submit(
            JobSpec.on(
                    workspace.id(),
                    JobKind.POPULATEVIEW,
                    new JobSpec.Resource(target.publicId(), target.name()),
                    arguments)
                .withPipe(new JobSpec.Resource(pipe.id(), pipe.name())),
            context -> run(context, workspace, pipe.name(), wanted));
    exchange.respondJson(200, JobShape.submitted(job, exchange.origin()));
  }

  /// The work of [kinglet.job.JobKind#POPULATEVIEW] after a restart. A target that is emptied first
  /// is filled anew; another one may have rows by now that the view made since, so whoever asked
  /// decides.
  public void resume(JobContext context) {
    Job job = context.job();
    JobSpec spec = job.spec();
    if (populations.ending(job.id()) == Exchanges.Ending.FINISHED) {
      return;
    }
    Parameters given = Parameters.of(spec.arguments());
    if (!given.isSet("truncate")) {
      throw new PlatformException(
          JobError.JOB_INTERRUPTED,
          "the server stopped before the rows were whole: none was added; start it again");
    }
    Caller caller = access.administrator(spec.workspaceId());
    String pipe = spec.pipe().orElseThrow().name();
    MaterializedView view = Populations.view(caller.resources(), pipe);
    run(context, caller.workspace(), pipe, wanted(caller, given, view));
  }

  private static void requireMaterialized(Pipe pipe, String node) {
    Node _ =
        pipe.node(pipe.kind().node())
            .filter(output -> output.name().equals(node) || output.id().equals(node))
            .orElseThrow(() ->
                new PlatformException(
                    CatalogError.UNKNOWN_NODE,
                    "The pipe '" + pipe.name() + "' has no materialized node '" + node + "'"));
  }

  private void run(
      JobContext context, Workspace workspace, String pipe, Populations.Wanted wanted) {
    populations.run(
        workspace,
        pipe,
        context.job().id(),
        wanted,
        share -> {
          if (share < 1) {
            context.checkCancelled();
          } else {
            context.commit();
          }
          context.progress(share, 0, 0);
        });
  }

  private Populations.Wanted wanted(Caller caller, Parameters given, MaterializedView view) {
    Optional<String> condition =
        given
            .first("populate_condition")
            .filter(text -> !text.isBlank())
            .map(
                text -> queries.condition(caller.workspace(), caller.token(), view.source(), text));
    return new Populations.Wanted(
        condition,
        given.first("populate_subset").map(PopulationRoute::share),
        given.isSet("truncate"));
  }

  private static double share(String text) {
    try {
      double share = Double.parseDouble(text);
      if (share > 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException _) {
      // Said below, as for any other text that is no share.
    }
    throw new PlatformException(
        HttpError.INVALID_REQUEST,
        "populate_subset='" + text + "' is not a number above 0 and at most 1");
  }
}
