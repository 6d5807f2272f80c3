// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.clickhouse.Answer;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureError;
import kinglet.feature.ServicePlans;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobStatus;
import kinglet.query.AnswerFormat;
import kinglet.query.Endpoints;
import kinglet.query.QueryAnswer;
import kinglet.query.QueryOptions;
import kinglet.query.SqlQueries;
import kinglet.training.TrainingFormat;
import kinglet.training.TrainingSet;
import kinglet.training.TrainingSets;

/// `/v0/training_sets`: features of keys as they were at times.
public final class TrainingRoutes implements TrainingSets.Queries {
  private static final String REQUEST_FIELD = "request";

  private final Access access;
  private final RequestBodies bodies;
  private final TrainingSets sets;
  private final SqlQueries queries;
  private final Endpoints endpoints;
  private final InstantSource clock;

  public TrainingRoutes(
      Access access,
      RequestBodies bodies,
      TrainingSets sets,
      SqlQueries queries,
      Endpoints endpoints,
      InstantSource clock) {
    this.access = access;
    this.bodies = bodies;
    this.sets = sets;
    this.queries = queries;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  public void addTo(Routes routes) {
    routes
        .own("POST", "/v0/training_sets", this::create)
        .own("GET", "/v0/training_sets", this::list)
        .own("GET", "/v0/training_sets/{name}", this::get)
        .own("DELETE", "/v0/training_sets/{name}", this::remove);
  }

  /// The work of [kinglet.job.JobKind#TRAINING_SET] after a restart.
  public void run(JobContext context) {
    sets.run(context, this);
  }

  @Override
  public ServicePlans service(String workspaceId, String name) {
    Caller caller = access.administrator(workspaceId);
    CompiledPipe pipe =
        caller
            .resources()
            .pipe(name)
            .filter(found -> found.pipe().endpoint())
            .orElseThrow(() ->
                new PlatformException(
                    FeatureError.UNKNOWN_FEATURES,
                    "There is no feature service '" + name + "' in the workspace"));
    return endpoints.service(caller.workspace(), caller.token(), pipe);
  }

  @Override
  public InputStream run(String workspaceId, String sql) {
    Caller caller = access.administrator(workspaceId);
    QueryAnswer answer =
        queries.copy(
            caller.workspace(),
            caller.token(),
            sql,
            Map.of(),
            QueryOptions.NONE.withFormat(AnswerFormat.NATIVE));
    return new FilterInputStream(answer.body()) {
      @Override
      public void close() throws IOException {
        super.close();
        answer.close();
      }
    };
  }

  private void create(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    String type = exchange.header("content-type").orElse("");
    TrainingSets.Found made =
        type.startsWith("multipart/")
            ? sent(exchange, caller, type)
            : bodies.with(
                exchange,
                body ->
                    sets.submit(
                        caller.workspace(),
                        new String(body, StandardCharsets.UTF_8),
                        Optional.empty(),
                        this));
    exchange.respondJson(202, shape(exchange, made));
  }

  /// A form with the request, then the file of the spine.
  private TrainingSets.Found sent(Exchange exchange, Caller caller, String type) {
    try {
      MultipartReader parts =
          new MultipartReader(type, new BufferedInputStream(bodies.stream(exchange)));
      String request = "";
      Optional<MultipartReader.Part> part = parts.next();
      while (part.isPresent()) {
        MultipartReader.Part each = part.get();
        if (each.filename().isPresent()) {
          if (request.isEmpty()) {
            throw new PlatformException(
                HttpError.INVALID_REQUEST,
                "the field '" + REQUEST_FIELD + "' with the JSON must stand before the file");
          }
          FileStream file =
              FileStream.of(each.body(), Optional.empty(), each.filename().orElse(""));
          String format =
              switch (file.format()) {
                case PARQUET -> "Parquet";
                case CSV -> "CSVWithNames";
                case NDJSON -> "JSONEachRow";
              };
          return sets.submit(
              caller.workspace(),
              request,
              Optional.of(new TrainingSets.SentSpine(format, file.bytes())),
              this);
        }
        byte[] value = each.body().readAllBytes();
        if (each.name().equals(REQUEST_FIELD)) {
          request = new String(value, StandardCharsets.UTF_8);
        }
        part = parts.next();
      }
      return sets.submit(caller.workspace(), request, Optional.empty(), this);
    } catch (IOException e) {
      throw SentFile.unreadable(e);
    }
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    exchange.respondJson(
        200,
        Map.of(
            "training_sets",
            sets.list(caller.workspace()).stream().map(found -> shape(exchange, found)).toList()));
  }

  /// The manifest of a set, or its bytes if a format's extension follows the name.
  private void get(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    String file = exchange.segment("name");
    int dot = file.lastIndexOf('.');
    if (dot < 0) {
      exchange.respondJson(200, shape(exchange, sets.find(caller.workspace(), file)));
      return;
    }
    TrainingFormat format =
        TrainingFormat.find(file.substring(dot + 1))
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.UNKNOWN_ROUTE,
                    "a training set is not written as ."
                        + file.substring(dot + 1)
                        + " but as .parquet, .arrow, .csv and .ndjson"));
    try (Answer answer = sets.read(caller.workspace(), file.substring(0, dot), format)) {
      exchange.stream(200, format.contentType(), answer.body());
    }
  }

  private void remove(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    sets.remove(caller.workspace(), exchange.segment("name"));
    exchange.respondEmpty(204);
  }

  private Map<String, Object> shape(Exchange exchange, TrainingSets.Found found) {
    TrainingSet set = found.set();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", set.name());
    shape.put("status", status(found));
    shape.put("created_at", Times.text(set.createdAt()));
    shape.put("request", Json.parse(set.request().getBytes(StandardCharsets.UTF_8)));
    found
        .job()
        .ifPresent(job -> {
          shape.put("job_id", job.id());
          shape.put("job_url", exchange.origin() + "/v0/jobs/" + job.id());
          job.error().ifPresent(error -> shape.put("error", error));
          if (!job.status().ended()) {
            progress(shape, job);
          }
        });
    shape.put(
        "url", exchange.origin() + "/v0/training_sets/" + set.name() + "." + set.format().word());
    shape.put(
        "manifest",
        set.manifest().map(json -> Json.parse(json.getBytes(StandardCharsets.UTF_8))).orElse(null));
    return shape;
  }

  private static String status(TrainingSets.Found found) {
    if (found.set().manifest().isPresent()) {
      return JobStatus.DONE.wire();
    }
    return found.job().map(job -> job.status().wire()).orElse(JobStatus.ERROR.wire());
  }

  private void progress(Map<String, Object> shape, Job job) {
    double done = job.progress().shareDone();
    shape.put("progress_percentage", Math.round(done * 1_000) / 10.0);
    shape.put("rows_done", job.progress().rows());
    shape.put(
        "eta_seconds",
        job.startedAt()
            .filter(_ -> done > 0)
            .map(start -> {
              double worked = Duration.between(start, clock.instant()).toMillis() / 1000.0;
              return Math.round(worked * (1 - done) / done);
            })
            .orElse(null));
  }
}
