// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.auth.Token;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.Node;
import kinglet.catalog.PausedCopies;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.catalog.PipeKind.CopyMode;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.query.Endpoints;
import kinglet.query.QueryOptions;
import kinglet.query.SqlQueries;

/// `/v0/pipes/{name}/copy`: runs copy pipes, and says when they run by themselves.
public final class CopyRoutes {
  private static final String NONE = "none";

  private final Access access;
  private final RequestBodies bodies;
  private final PipeEdits edits;
  private final Endpoints endpoints;
  private final SqlQueries queries;
  private final PausedCopies paused;
  private final CopyJob copies;
  private final Jobs jobs;
  private final InstantSource clock;

  public CopyRoutes(
      Access access,
      RequestBodies bodies,
      PipeEdits edits,
      Endpoints endpoints,
      SqlQueries queries,
      PausedCopies paused,
      CopyJob copies,
      Jobs jobs,
      InstantSource clock) {
    this.access = access;
    this.bodies = bodies;
    this.edits = edits;
    this.endpoints = endpoints;
    this.queries = queries;
    this.paused = paused;
    this.copies = copies;
    this.jobs = jobs;
    this.clock = clock;
  }

  public void addTo(Routes routes) {
    String node = "/v0/pipes/{name}/nodes/{node}/copy";
    routes
        .compatible("POST", node, this::make)
        .compatible("PUT", node, this::change)
        .compatible("DELETE", node, this::unmake)
        .compatible("POST", "/v0/pipes/{name}/copy", this::run)
        .compatible("POST", "/v0/pipes/{name}/copy/pause", this::pause)
        .compatible("POST", "/v0/pipes/{name}/copy/resume", this::resume)
        .compatible("POST", "/v0/pipes/{name}/copy/cancel", this::cancel)
        .compatible("POST", "/v0/sql_copy", this::sql);
  }

  private void make(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = edits.creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeEdits.requirePlain(pipe);
    DataSource target = appendable(caller, PipeEdits.required(given, "target_datasource"));
    write(exchange, caller, pipe, node, target, given, Optional.empty());
  }

  private void change(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = edits.creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeKind.Copy copy = copy(pipe, node);
    DataSource target =
        appendable(caller, given.first("target_datasource").orElse(copy.dataSource()));
    write(exchange, caller, pipe, node, target, given, Optional.of(copy));
  }

  private void write(
      Exchange exchange,
      Caller caller,
      CompiledPipe pipe,
      Node node,
      DataSource target,
      Parameters given,
      Optional<PipeKind.Copy> before) {
    given
        .first("target_workspace")
        .filter(other ->
            !other.isBlank()
                && !other.equals(caller.workspace().id())
                && !other.equals(caller.workspace().name()))
        .ifPresent(other -> {
          throw new PlatformException(
              HttpError.NOT_AVAILABLE, "Copying into another workspace is not available yet");
        });
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("TYPE", "copy");
    settings.put("TARGET_DATASOURCE", target.name());
    settings.put(
        "COPY_MODE",
        given
            .first("mode")
            .map(CopyRoutes::mode)
            .or(() -> before.map(PipeKind.Copy::mode))
            .orElse(CopyMode.APPEND)
            .name()
            .toLowerCase(Locale.ROOT));
    settings.put(
        "COPY_SCHEDULE",
        given
            .first("schedule_cron")
            .map(cron -> cron.isBlank() || cron.equalsIgnoreCase(NONE) ? "@on-demand" : cron)
            .or(() -> before.flatMap(PipeKind.Copy::schedule))
            .orElse("@on-demand"));
    given
        .first("schedule_timezone")
        .or(() -> before.flatMap(PipeKind.Copy::timezone))
        .ifPresent(zone -> settings.put("COPY_TIMEZONE", zone));
    edits.change(caller, pipe, text -> text.withKind(node.name(), settings));
    edits.respond(exchange, caller, pipe.name());
  }

  private void unmake(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeKind.Copy _ = copy(pipe, node);
    edits.change(caller, pipe, text -> text.withKind(node.name(), Map.of()));
    paused.resume(pipe.pipe());
    edits.respond(exchange, caller, pipe.name());
  }

  private void run(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    CompiledPipe pipe = readable(exchange, caller);
    PipeKind.Copy copy = copy(pipe);
    DataSource target = appendable(caller, copy.dataSource());
    CopyMode mode = given.first("_mode").map(CopyRoutes::mode).orElse(copy.mode());
    if (mode == CopyMode.REPLACE && copy.mode() == CopyMode.APPEND) {
      caller.require(
          caller.token()::mayCreateDataSources,
          "replacing rows needs a token with the scope DATASOURCES:CREATE or ADMIN");
    }
    Map<String, List<String>> arguments =
        new LinkedHashMap<>(new QueryParameters(given).arguments());
    arguments.remove("_mode");
    // What its parameters refuse is said now, not by the job.
    endpoints.check(caller.workspace(), caller.token(), pipe.name(), copy.node(), arguments);
    Job job =
        submit(caller.workspace(), caller.token(), pipe, target, mode, arguments, clock.instant());
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", pipe.pipe().id());
    shape.put("name", pipe.name());
    shape.put("node", PipeShape.node(pipe, copy.node()));
    shape.put("job", JobShape.of(job, exchange.origin()));
    shape.put(
        "tags",
        Map.of(
            "copy_target_datasource", target.publicId(),
            "copy_target_workspace", caller.workspace().id()));
    exchange.respondJson(200, shape);
  }

  /// Runs a copy as its schedule says.
  Job runScheduled(Workspace workspace, Token token, CompiledPipe pipe, Instant at) {
    PipeKind.Copy copy = copy(pipe);
    DataSource target =
        access
            .current(workspace)
            .dataSource(copy.dataSource())
            .orElseThrow(() -> DataSourceRoutes.unknown(copy.dataSource()));
    return submit(workspace, token, pipe, target, copy.mode(), Map.of(), at);
  }

  private Job submit(
      Workspace workspace,
      Token token,
      CompiledPipe pipe,
      DataSource target,
      CopyMode mode,
      Map<String, List<String>> arguments,
      Instant at) {
    return copies.submit(
        workspace.id(),
        Optional.of(new JobSpec.Resource(pipe.pipe().id(), pipe.name())),
        target,
        mode,
        Map.of("mode", mode.name().toLowerCase(Locale.ROOT)),
        (select, rest, format) ->
            endpoints.copy(
                workspace,
                token,
                pipe.name(),
                pipe.pipe().kind().node(),
                arguments,
                at,
                QueryOptions.NONE.withQ(select + " FROM _ " + rest).withFormat(format)));
  }

  /// `POST /v0/sql_copy`: writes what a query of the caller gives into a data source.
  private void sql(Exchange exchange) {
    Parameters given =
        exchange.query().with(bodies.with(exchange, body -> SqlRoutes.body(exchange, body)));
    Caller caller = access.caller(exchange, given);
    String sql = PipeEdits.required(given, "q").strip().replaceAll(";\\s*$", "");
    DataSource target = appendable(caller, PipeEdits.required(given, "copy_to"));
    Map<String, List<String>> arguments = new QueryParameters(given).arguments();
    arguments.keySet().removeAll(Set.of("copy_to"));
    boolean template = sql.startsWith("%");
    String from = " FROM (" + (template ? sql.substring(1) : sql) + "\n) ";
    CopyJob.Rows query =
        (select, rest, format) ->
            queries.copy(
                caller.workspace(),
                caller.token(),
                (template ? "%" : "") + select + from + rest,
                arguments,
                QueryOptions.NONE.withFormat(format));
    Job job =
        copies.submit(
            caller.workspace().id(),
            Optional.empty(),
            target,
            CopyMode.APPEND,
            Map.of("mode", "append"),
            query);
    exchange.respondJson(200, JobShape.submitted(job, exchange.origin()));
  }

  private void pause(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = scheduled(exchange, caller);
    paused.pause(pipe.pipe());
    edits.respond(exchange, caller, pipe.name());
  }

  private void resume(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = scheduled(exchange, caller);
    paused.resume(pipe.pipe());
    edits.respond(exchange, caller, pipe.name());
  }

  /// Ends what is under way, and lets the schedule rest.
  private void cancel(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    if (copy(pipe).schedule().isPresent()) {
      paused.pause(pipe.pipe());
    }
    String workspace = caller.workspace().id();
    List<Map<String, Object>> cancelled =
        copies.live(workspace, pipe.pipe().id()).stream()
            .filter(Job::cancellable)
            .map(job -> JobShape.of(jobs.cancel(workspace, job.id()), exchange.origin()))
            .toList();
    Map<String, Object> shape = edits.shape(exchange, caller, pipe.name());
    shape.put("cancelled_jobs", cancelled);
    exchange.respondJson(200, shape);
  }

  private CompiledPipe scheduled(Exchange exchange, Caller caller) {
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    if (copy(pipe).schedule().isEmpty()) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "The copy pipe '" + pipe.name() + "' has no schedule: it runs on demand");
    }
    return pipe;
  }

  private static CompiledPipe readable(Exchange exchange, Caller caller) {
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    caller.require(
        () -> caller.token().mayReadPipe(pipe.name(), pipe.pipe().id()),
        "it may not read the pipe " + pipe.name());
    return pipe;
  }

  private static DataSource appendable(Caller caller, String name) {
    DataSource source = DataSourceRoutes.find(caller, name);
    caller.require(
        () -> caller.token().mayAppend(source.name(), source.publicId()),
        "it may not append to the data source " + source.name());
    return source;
  }

  private static PipeKind.Copy copy(CompiledPipe pipe, Node node) {
    PipeKind.Copy copy = copy(pipe);
    if (!copy.node().equals(node.name())) {
      throw new PlatformException(
          CatalogError.UNKNOWN_NODE,
          "The node '" + node.name() + "' of the pipe '" + pipe.name() + "' is not its copy node");
    }
    return copy;
  }

  private static PipeKind.Copy copy(CompiledPipe compiled) {
    Pipe pipe = compiled.pipe();
    if (pipe.kind() instanceof PipeKind.Copy copy) {
      return copy;
    }
    throw new PlatformException(
        HttpError.INVALID_REQUEST,
        "The pipe '" + pipe.name() + "' is no copy pipe: its TYPE is " + pipe.kind().type());
  }

  private static CopyMode mode(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "append" -> CopyMode.APPEND;
      case "replace" -> CopyMode.REPLACE;
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST, "mode='" + text + "' is neither append nor replace");
    };
  }

  private Parameters given(Exchange exchange) {
    return bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
  }
}
