// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
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
import kinglet.job.JobWork;
import kinglet.job.Jobs;
import kinglet.query.SqlQueries;

/// `POST /v0/pipes/{pipe}/population`: fills a materialized view from its source, by a job.
public final class PopulationRoute {
  private static final String TRUNCATE = "truncate";
  private static final String UNLINK = "unlink_on_populate_error";

  /// `on_demand_compute` asks for machines of its own; there is one place to compute.
  private static final List<String> NAMES =
      List.of("populate_subset", "populate_condition", TRUNCATE, UNLINK, "on_demand_compute");

  private final Access access;
  private final RequestBodies bodies;
  private final PipeEdits edits;
  private final Populations populations;
  private final SqlQueries queries;
  private final Jobs jobs;

  public PopulationRoute(
      Access access,
      RequestBodies bodies,
      PipeEdits edits,
      Populations populations,
      SqlQueries queries,
      Jobs jobs) {
    this.access = access;
    this.bodies = bodies;
    this.edits = edits;
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
    Caller caller = edits.creator(exchange, form);
    Parameters given = exchange.query().with(form);
    String name = exchange.segment("pipe");
    CompiledPipe pipe = caller.resources().pipe(name).orElseThrow(() -> PipeRoutes.unknown(name));
    MaterializedView view = Populations.view(caller.resources(), pipe.name());
    node.ifPresent(named -> requireMaterialized(pipe.pipe(), named));
    DataSource target = DataSourceRoutes.find(caller, view.target());
    boolean truncates = given.isSet(TRUNCATE);
    caller.require(
        () -> !truncates || caller.token().mayDropDataSource(target.name(), target.publicId()),
        "it may not empty the data source " + target.name());
    Populations.Wanted wanted = wanted(caller, given, view.source(), begin(truncates));
    Job job = submit(Jobs.newId(), caller, pipe, target, given, wanted);
    exchange.respondJson(200, JobShape.submitted(job, exchange.origin()));
  }

  private static Populations.Begin begin(boolean truncates) {
    return truncates ? Populations.Begin.TRUNCATE : Populations.Begin.ADD;
  }

  /// Fills the view of a pipe by a job.
  ///
  /// @param id of the job
  Job submit(
      String id,
      Caller caller,
      CompiledPipe pipe,
      DataSource target,
      Parameters given,
      Populations.Wanted wanted) {
    Map<String, String> arguments = new LinkedHashMap<>();
    NAMES.forEach(option -> given.first(option).ifPresent(value -> arguments.put(option, value)));
    return jobs.submit(
        id,
        JobSpec.on(
                caller.workspace().id(),
                JobKind.POPULATEVIEW,
                new JobSpec.Resource(target.publicId(), target.name()),
                arguments)
            .withPipe(new JobSpec.Resource(pipe.pipe().id(), pipe.name())),
        new Work(this, caller, id, pipe.name(), wanted, given.isSet(UNLINK)));
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
    Caller caller = access.administrator(spec.workspaceId());
    String pipe = spec.pipe().orElseThrow().name();
    if (!given.isSet(TRUNCATE)) {
      if (given.isSet(UNLINK)) {
        unlink(caller, pipe);
      }
      throw new PlatformException(
          JobError.JOB_INTERRUPTED,
          "the server stopped before the rows were whole: none was added; start it again");
    }
    MaterializedView view = Populations.view(caller.resources(), pipe);
    Populations.Wanted wanted = wanted(caller, given, view.source(), Populations.Begin.TRUNCATE);
    new Work(this, caller, job.id(), pipe, wanted, given.isSet(UNLINK)).run(context);
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

  /// One population.
  private record Work(
      PopulationRoute route,
      Caller caller,
      String id,
      String pipe,
      Populations.Wanted wanted,
      boolean unlinks)
      implements JobWork {
    @Override
    public void run(JobContext context) {
      try {
        Workspace workspace = caller.workspace();
        route.populations.run(workspace, pipe, id, wanted, share -> heard(context, share));
      } catch (PlatformException e) {
        // What is cancelled, or goes on at the next start, has not failed.
        context.checkCancelled();
        if (unlinks) {
          route.unlink(caller, pipe);
        }
        throw e;
      }
    }

    private static void heard(JobContext context, double share) {
      if (share < 1) {
        context.checkCancelled();
      } else {
        context.commit();
      }
      context.progress(share, 0, 0);
    }

    @Override
    public void abandoned() {
      route.populations.forget(id);
    }
  }

  private void unlink(Caller caller, String pipe) {
    access.current(caller).pipe(pipe).ifPresent(known -> edits.unlink(caller, known));
  }

  /// What a caller wants of a population, whose condition it must be allowed to ask.
  ///
  /// @param source the data source the view reads
  Populations.Wanted wanted(
      Caller caller, Parameters given, String source, Populations.Begin begin) {
    Optional<String> condition =
        given
            .first("populate_condition")
            .filter(text -> !text.isBlank())
            .map(text -> queries.condition(caller.workspace(), caller.token(), source, text));
    return new Populations.Wanted(
        condition, given.first("populate_subset").map(PopulationRoute::share), begin);
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
