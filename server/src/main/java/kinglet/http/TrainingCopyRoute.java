// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.catalog.PipeKind.CopyMode;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.Summary;
import kinglet.job.Job;
import kinglet.query.AnswerFormat;
import kinglet.query.QueryAnswer;
import kinglet.training.TrainingSets;
import kinglet.type.Schema;

/// `POST /v0/training_sets/{name}/copy`: writes a training set into a data source, by a job.
public final class TrainingCopyRoute {
  private static final Map<String, String> ENGINE =
      Map.of("ENGINE", "MergeTree", "ENGINE_SORTING_KEY", "tuple()");

  private final Access access;
  private final RequestBodies bodies;
  private final TrainingSets sets;
  private final Deployments deployments;
  private final CopyJob copies;

  public TrainingCopyRoute(
      Access access,
      RequestBodies bodies,
      TrainingSets sets,
      Deployments deployments,
      CopyJob copies) {
    this.access = access;
    this.bodies = bodies;
    this.sets = sets;
    this.deployments = deployments;
    this.copies = copies;
  }

  public void addTo(Routes routes) {
    routes.own("POST", "/v0/training_sets/{name}/copy", this::copy);
  }

  private void copy(Exchange exchange) {
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    Caller caller = access.caller(exchange, form);
    caller.requireAdmin();
    Parameters given = exchange.query().with(form);
    given.only("datasource", "mode");
    String set = exchange.segment("name");
    CopyMode mode = given.first("mode").map(CopyRoutes::mode).orElse(CopyMode.APPEND);
    Schema columns = sets.columns(caller.workspace(), set);
    DataSource target = target(caller, given.first("datasource").orElse(set), columns);
    Job job =
        copies.submit(
            caller.workspace().id(),
            Optional.empty(),
            target,
            mode,
            Map.of("mode", mode.name().toLowerCase(Locale.ROOT), "training_set", set),
            (select, rest, format) ->
                new Rows(
                    sets.read(caller.workspace(), set, select, rest, format.clickHouseName()),
                    format));
    exchange.respondJson(202, JobShape.submitted(job, exchange.origin()));
  }

  /// Rows of a set as a copy takes them.
  private record Rows(Answer answer, AnswerFormat format) implements QueryAnswer {
    @Override
    public InputStream body() {
      return answer.body();
    }

    @Override
    public Summary summary() {
      return answer.summary();
    }

    @Override
    public void close() {
      answer.close();
    }
  }

  /// The data source of a name; one with the set's columns is made where there is none.
  private DataSource target(Caller caller, String name, Schema columns) {
    Optional<DataSource> there = caller.resources().dataSource(name);
    if (there.isPresent()) {
      return there.get();
    }
    String text = new DataSourceText().table(columns, ENGINE).normalized();
    deployments.edit(
        caller.workspace(),
        live -> live.put(FileKind.DATASOURCE, name, text),
        DeployOptions.by(caller.token().name()));
    return access.current(caller).dataSource(name).orElseThrow();
  }
}
