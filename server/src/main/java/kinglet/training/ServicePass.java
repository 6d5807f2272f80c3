// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import kinglet.catalog.Identifiers;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.feature.KeyedQuery;
import kinglet.feature.ServiceEvaluation;
import kinglet.feature.ServiceInput;
import kinglet.feature.ServicePlans;
import kinglet.feature.ServiceProgram;
import kinglet.feature.ViewValues;
import kinglet.feature.row.RowBinaryInput;
import kinglet.feature.row.RowBinaryOutput;
import kinglet.job.JobContext;
import kinglet.journal.CrashPoints;
import kinglet.state.ReadStatus;
import kinglet.thread.Workers;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.value.Slot;
import tools.jackson.databind.JsonNode;

/// Computes the columns of a feature service of the values of its views, row by row of the spine,
/// share by share of its rows.
final class ServicePass {
  /// The same in every process, so that a job can go on.
  private static final long SHARE_ROWS = 250_000;

  private static final int BATCH_ROWS = 1 << 16;
  private static final int BATCH_BYTES = 32 << 20;
  private static final DataType TEXT = new DataType.NullableOf(new DataType.StringType());

  /// A service that has a query of its own for every row is not computed.
  private static final int QUERIES_MAX = 1_000;

  private final ClickHouse clickHouse;
  private final TrainingTables tables;
  private final TrainingStore store;
  private final Spine spine;
  private final WantedService wanted;
  private final Supplier<ServicePlans> plans;
  private final int number;
  private final Semaphore working;

  /// @param plans the queries of the service, for one share
  /// @param number of its table of values
  /// @param working what the shares of all sets take while they are computed
  ServicePass(
      ClickHouse clickHouse,
      TrainingTables tables,
      TrainingStore store,
      Spine spine,
      WantedService wanted,
      Supplier<ServicePlans> plans,
      int number,
      Semaphore working) {
    this.clickHouse = clickHouse;
    this.tables = tables;
    this.store = store;
    this.spine = spine;
    this.wanted = wanted;
    this.plans = plans;
    this.number = number;
    this.working = working;
  }

  /// The values of a view at the row, read back from its table.
  private static final class Stored implements ViewValues {
    private final List<DataType> types;
    private final Slot[] keys;
    private final Slot[] values;
    private ReadStatus status = ReadStatus.NOT_FOUND;

    Stored(WantedView view) {
      this.types = view.features().stream().map(WantedView.Wanted::type).toList();
      this.keys = Slot.array(view.keys().size());
      this.values = Slot.array(types.size());
    }

    void load(RowBinaryInput in) throws IOException {
      status = ReadStatus.values()[(int) in.whole(1)];
      for (int i = 0; i < values.length; i++) {
        in.read(types.get(i), values[i]);
      }
    }

    @Override
    public Slot key(int column) {
      return keys[column];
    }

    @Override
    public void read(long micros) {
      // What is read of the key at the time stands in the row already.
    }

    @Override
    public Slot value(int column) {
      return values[column];
    }

    @Override
    public ReadStatus status() {
      return status;
    }

    @Override
    public OptionalLong newestMicros() {
      return OptionalLong.empty();
    }
  }

  void run(JobContext job, long fromRow, long rows) {
    Set<Integer> done = store.shares(tables.id(), wanted.versioned());
    if (done.isEmpty()) {
      create(job);
    }
    int shares = Math.toIntExact((rows - fromRow + SHARE_ROWS - 1) / SHARE_ROWS);
    Workers.run(
        "training",
        IntStream.range(0, shares).filter(share -> !done.contains(share)).boxed().toList(),
        share -> {
          long from = fromRow + share * SHARE_ROWS;
          working.acquireUninterruptibly();
          try {
            share(job, from, Math.min(rows, from + SHARE_ROWS));
          } finally {
            working.release();
          }
          store.addShare(tables.id(), wanted.versioned(), share);
        });
  }

  private void create(JobContext job) {
    Map<String, String> types = new LinkedHashMap<>();
    for (int i = 0; i < wanted.columns().size(); i++) {
      types.put(TrainingTables.FOUND + i, "UInt8");
    }
    wanted.columns().forEach(column -> types.put(column.name(), column.type().wire().sql()));
    tables.create(job, tables.values(number), types);
  }

  private void share(JobContext job, long from, long to) {
    job.checkCancelled();
    String rows = rows(from, to);
    compute(job, from, rows);
    wanted.columns().stream().filter(wanted::isGiven).forEach(column -> compare(column, rows));
  }

  /// What the set takes of it.
  Values values() {
    List<Values.ValueColumn> columns = new ArrayList<>();
    for (int i = 0; i < wanted.columns().size(); i++) {
      Column column = wanted.columns().get(i);
      if (!wanted.isGiven(column)) {
        columns.add(
            new Values.ValueColumn(
                column.name(), column.type().wire().sql(), TrainingTables.FOUND + i));
      }
    }
    return new Values(tables.values(number), columns);
  }

  private static String rows(long from, long to) {
    return " WHERE "
        + TrainingTables.ROW
        + " >= "
        + from
        + " AND "
        + TrainingTables.ROW
        + " < "
        + to;
  }

  /// Refuses a column that is called like a parameter and is something else.
  private void compare(Column column, String rows) {
    String name = Identifiers.quote(column.name());
    List<List<JsonNode>> different =
        tables.rows(
            "SELECT s.__row FROM (SELECT __row, "
                + spine.asNullable(column.name(), column.type())
                + " AS __given FROM "
                + tables.spine()
                + rows
                + ") AS s INNER JOIN (SELECT __row, "
                + name
                + " FROM "
                + tables.values(number)
                + rows
                + ") AS v ON s.__row = v.__row WHERE s.__given IS NOT NULL AND toString(s.__given) !="
                + " ifNull(toString(v."
                + name
                + "), '') ORDER BY s.__row LIMIT 1",
            Role.ADMIN,
            Map.of());
    if (!different.isEmpty()) {
      throw Spine.bad(
          "the column '"
              + column.name()
              + "' of the service '"
              + wanted.name()
              + "' is not the parameter '"
              + column.name()
              + "' in row "
              + (different.getFirst().getFirst().asLong() + 1)
              + " of the spine: give the column of the service another name");
    }
  }

  private void compute(JobContext job, long from, String rows) {
    StringBuilder columns = new StringBuilder();
    for (String parameter : wanted.parameters()) {
      columns.append(", CAST(toString(s.").append(Identifiers.quote(parameter)).append("), ");
      columns.append(Identifiers.literal(TEXT.sql())).append(")");
    }
    StringBuilder inputs = new StringBuilder();
    for (int i = 0; i < wanted.inputs().size(); i++) {
      ServiceInput input = wanted.inputs().get(i);
      inputs.append(", ").append(spine.asNullable(input.parameter(), input.type()));
      inputs.append(" AS __input").append(i);
      columns.append(", s.__input").append(i);
    }
    StringBuilder joins = new StringBuilder();
    for (int view = 0; view < wanted.views().size(); view++) {
      String values = "v" + view;
      columns.append(", ").append(values).append(".").append(TrainingTables.FOUND);
      for (WantedView.Wanted feature : wanted.views().get(view).features()) {
        columns.append(", ").append(values).append(".").append(Identifiers.quote(feature.name()));
      }
      joins.append(" INNER JOIN (SELECT * FROM ").append(tables.values(view)).append(rows);
      joins.append(") AS ").append(values).append(" ON s.__row = ").append(values).append(".__row");
    }
    String sql =
        "SELECT s.__row, assumeNotNull(s.__time)"
            + columns
            + " FROM (SELECT *"
            + inputs
            + " FROM "
            + tables.spine()
            + rows
            + ") AS s"
            + joins
            + " ORDER BY s.__row";
    try (Answer answer =
        clickHouse.query(tables.statement(sql, TrainingTables.BY_ROW).withFormat("RowBinary"))) {
      new Rows(answer, from).run(job);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The rows of one share.
  private final class Rows {
    private final RowBinaryInput in;
    private final long first;
    private final Bytes batch = new Bytes(1 << 20);
    private final RowBinaryOutput out = new RowBinaryOutput(batch);
    private final Map<String, String> arguments = new LinkedHashMap<>();
    private final Map<KeyedQuery, ServiceEvaluation> evaluations = new HashMap<>();
    private final ServicePlans queries = plans.get();
    private final List<Stored> views = wanted.views().stream().map(Stored::new).toList();
    private final Slot[] given = Slot.array(wanted.inputs().size());
    private final Slot text = new Slot();
    private int rows;
    private int batches;

    Rows(Answer answer, long first) {
      this.in = new RowBinaryInput(answer.body());
      this.first = first;
    }

    void run(JobContext job) throws IOException {
      while (in.hasNext()) {
        row();
        if (rows == BATCH_ROWS || batch.size() >= BATCH_BYTES) {
          job.checkCancelled();
          send();
        }
      }
      send();
    }

    private void row() throws IOException {
      long row = in.whole(Long.BYTES);
      long micros = in.whole(Long.BYTES) - wanted.delayMicros();
      arguments.clear();
      for (String parameter : wanted.parameters()) {
        in.read(TEXT, text);
        if (!text.isNull()) {
          arguments.put(parameter, text.text());
        }
      }
      for (int i = 0; i < given.length; i++) {
        in.read(new DataType.NullableOf(Spine.present(wanted.inputs().get(i).type())), given[i]);
      }
      for (Stored view : views) {
        view.load(in);
      }
      KeyedQuery query = query(row);
      ServiceEvaluation evaluation = evaluation(row, query);
      for (int i = 0; i < query.program().inputs().size(); i++) {
        evaluation.input(i).set(given[wanted.inputs().indexOf(query.program().inputs().get(i))]);
      }
      batch.putLong(row);
      int found = evaluation.run(micros, (count, values) -> write(evaluation, count, values));
      if (found != 1) {
        throw Spine.bad(
            "the service '"
                + wanted.name()
                + "' gives "
                + found
                + " rows for row "
                + (row + 1)
                + " of the spine, not one");
      }
      rows++;
    }

    private KeyedQuery query(long row) {
      try {
        return queries.of(arguments);
      } catch (PlatformException e) {
        throw Spine.bad(
            "the service '"
                + wanted.name()
                + "' can't be called for row "
                + (row + 1)
                + " of the spine: "
                + e.text());
      }
    }

    private void write(ServiceEvaluation evaluation, int count, Slot[] values) {
      if (count > 0) {
        return;
      }
      for (int i = 0; i < values.length; i++) {
        batch.putByte(evaluation.status(i).ordinal());
      }
      for (int i = 0; i < values.length; i++) {
        out.write(wanted.columns().get(i).type(), values[i]);
      }
    }

    private void send() {
      if (rows > 0) {
        tables.insert(number, "service-" + first + "-" + batches, batch.toArray());
        CrashPoints.reach("training.service");
        batches++;
        batch.clear();
        rows = 0;
      }
    }

    private ServiceEvaluation evaluation(long row, KeyedQuery query) {
      return evaluations.computeIfAbsent(
          query,
          one -> {
            ServiceProgram program = one.program();
            if (evaluations.size() >= QUERIES_MAX
                || !program.uses().equals(wanted.query().uses())
                || !program.columns().equals(wanted.columns())
                || !wanted.inputs().containsAll(program.inputs())) {
              throw Spine.bad(
                  "the service '"
                      + wanted.name()
                      + "' is another query for row "
                      + (row + 1)
                      + " of the spine than for the first: its parameters may be used for keys and in"
                      + " expressions only");
            }
            return program.evaluation(views);
          });
    }
  }
}
