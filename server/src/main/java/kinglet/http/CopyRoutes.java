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
import kinglet.auth.Secret;
import kinglet.auth.Secrets;
import kinglet.auth.StoredSecret;
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
  private final CopyTargets targets;
  private final Secrets secrets;
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
      CopyTargets targets,
      Secrets secrets,
      Jobs jobs,
      InstantSource clock) {
    this.access = access;
    this.bodies = bodies;
    this.edits = edits;
    this.endpoints = endpoints;
    this.queries = queries;
    this.paused = paused;
    this.copies = copies;
    this.targets = targets;
    this.secrets = secrets;
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
    write(exchange, caller, pipe, node, given, Optional.empty());
  }

  private void change(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = edits.creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    write(exchange, caller, pipe, node, given, Optional.of(copy(pipe, node)));
  }

  private void write(
      Exchange exchange,
      Caller caller,
      CompiledPipe pipe,
      Node node,
      Parameters given,
      Optional<PipeKind.Copy> before) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("TYPE", "copy");
    settings.putAll(target(caller, pipe, given, before));
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
    try {
      edits.change(caller, pipe, text -> text.withKind(node.name(), settings));
    } catch (PlatformException e) {
      if (settings.containsKey("TARGET_TOKEN") && !keepsToken(pipe, before)) {
        forget(caller, pipe);
      }
      throw e;
    }
    edits.respond(exchange, caller, pipe.name());
  }

  /// What the file says of the data source; the token of another workspace becomes a secret.
  private Map<String, String> target(
      Caller caller, CompiledPipe pipe, Parameters given, Optional<PipeKind.Copy> before) {
    String name =
        given
            .first("target_datasource")
            .filter(text -> !text.isBlank())
            .or(() -> before.map(PipeKind.Copy::dataSource))
            .orElseGet(() -> PipeEdits.required(given, "target_datasource"));
    Optional<String> workspace = given.first("target_workspace").filter(text -> !text.isBlank());
    Optional<PipeKind.Elsewhere> kept =
        workspace.isEmpty() ? before.flatMap(PipeKind.Copy::elsewhere) : Optional.empty();
    boolean own =
        workspace
            .filter(other ->
                !other.equals(caller.workspace().id()) && !other.equals(caller.workspace().name()))
            .isEmpty();
    if (kept.isPresent()) {
      return elsewhere(name, kept.get());
    }
    if (own) {
      DataSource target = targets.own(caller.resources(), caller.token(), name).dataSource();
      return Map.of("TARGET_DATASOURCE", target.name());
    }
    caller.requireAdmin();
    String token = PipeEdits.required(given, "target_token");
    DataSource target =
        targets.elsewhere(caller.resources(), workspace.orElseThrow(), token, name).dataSource();
    String secret = secretName(pipe);
    keep(caller, secret, new Secret(token));
    return elsewhere(target.name(), new PipeKind.Elsewhere(target.workspaceId(), secret));
  }

  private static Map<String, String> elsewhere(String dataSource, PipeKind.Elsewhere elsewhere) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("TARGET_DATASOURCE", dataSource);
    settings.put("TARGET_WORKSPACE", elsewhere.workspace());
    settings.put("TARGET_TOKEN", "{{ tb_secret('" + elsewhere.secret() + "') }}");
    return settings;
  }

  /// What the token of another workspace is called among the secrets.
  private static String secretName(CompiledPipe pipe) {
    return pipe.name() + "_TARGET_TOKEN";
  }

  /// Removes the token of another workspace, where it was kept for this pipe.
  private void forget(Caller caller, CompiledPipe pipe) {
    String workspace = caller.workspace().id();
    if (secrets.find(workspace, secretName(pipe)).isPresent()) {
      secrets.remove(workspace, secretName(pipe));
    }
  }

  private static boolean keepsToken(CompiledPipe pipe, Optional<PipeKind.Copy> copy) {
    return copy.flatMap(PipeKind.Copy::elsewhere)
        .filter(one -> one.secret().equals(secretName(pipe)))
        .isPresent();
  }

  private void keep(Caller caller, String name, Secret value) {
    String workspace = caller.workspace().id();
    StoredSecret _ =
        secrets.find(workspace, name).isPresent()
            ? secrets.change(workspace, name, value, caller.token().name())
            : secrets.create(workspace, name, value, caller.token().name());
  }

  private void unmake(Exchange exchange) {
    Caller caller = edits.creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeKind.Copy copy = copy(pipe, node);
    edits.change(caller, pipe, text -> text.withKind(node.name(), Map.of()));
    if (keepsToken(pipe, Optional.of(copy))) {
      forget(caller, pipe);
    }
    paused.resume(pipe.pipe());
    edits.respond(exchange, caller, pipe.name());
  }

  private void run(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    CompiledPipe pipe = readable(exchange, caller);
    PipeKind.Copy copy = copy(pipe);
    CopyTargets.Target target = targets.of(caller.resources(), caller.token(), copy);
    CopyMode mode = given.first("_mode").map(CopyRoutes::mode).orElse(copy.mode());
    if (mode == CopyMode.REPLACE && (copy.elsewhere().isPresent() || copy.mode() != mode)) {
      target.requireReplacing();
    }
    Map<String, List<String>> arguments =
        new LinkedHashMap<>(new QueryParameters(given).arguments());
    arguments.remove("_mode");
    // What its parameters refuse is said now, not by the job.
    endpoints.check(caller.workspace(), caller.token(), pipe.name(), copy.node(), arguments);
    Job job =
        submit(
            caller.workspace(),
            caller.token(),
            pipe,
            target.dataSource(),
            mode,
            arguments,
            clock.instant());
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", pipe.pipe().id());
    shape.put("name", pipe.name());
    shape.put("node", PipeShape.node(pipe, copy.node()));
    shape.put("job", JobShape.of(job, exchange.origin()));
    shape.put(
        "tags",
        Map.of(
            "copy_target_datasource", target.dataSource().publicId(),
            "copy_target_workspace", target.dataSource().workspaceId()));
    exchange.respondJson(200, shape);
  }

  /// Runs a copy as its schedule says.
  Job runScheduled(Workspace workspace, Token token, CompiledPipe pipe, Instant at) {
    PipeKind.Copy copy = copy(pipe);
    CopyTargets.Target target = targets.of(access.current(workspace), token, copy);
    if (copy.mode() == CopyMode.REPLACE) {
      target.requireReplacing();
    }
    return submit(workspace, token, pipe, target.dataSource(), copy.mode(), Map.of(), at);
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
    DataSource target =
        targets
            .own(caller.resources(), caller.token(), PipeEdits.required(given, "copy_to"))
            .dataSource();
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

  static CopyMode mode(String text) {
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
