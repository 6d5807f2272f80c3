// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import kinglet.expression.Expression;
import kinglet.feature.definition.FeatureQuery;
import kinglet.feature.definition.Frame;
import kinglet.feature.definition.Window;
import kinglet.state.StateEstimate;
import kinglet.state.ViewState;

/// What there is to know of a feature view.
///
/// @param complete whether its history is read
/// @param rows of its history that were read
/// @param failure the code of why it takes in no rows at the moment
/// @param behind whether it takes in rows of files, and others wait
/// @param estimates what an entity takes of memory, by how many events it has
/// @param use how it is fed and read
public record ViewReport(
    String name,
    int version,
    boolean complete,
    long rows,
    List<String> entity,
    String eventTime,
    Optional<Duration> ttl,
    String dataSource,
    List<Feature> columns,
    List<WindowReport> windows,
    Optional<String> failure,
    boolean behind,
    List<Estimate> estimates,
    Use use) {
  public ViewReport {
    entity = List.copyOf(entity);
    columns = List.copyOf(columns);
    windows = List.copyOf(windows);
    estimates = List.copyOf(estimates);
  }

  /// A column of the view.
  ///
  /// @param windows those it is computed over
  /// @param sources the columns it is computed of, behind the name of their data source or view
  public record Feature(
      String name, String type, boolean key, List<String> windows, List<String> sources) {
    public Feature {
      windows = List.copyOf(windows);
      sources = List.copyOf(sources);
    }
  }

  /// About how many bytes of memory an entity takes that has so many events, spread over its
  /// longest window.
  public record Estimate(int events, long bytes) {
    static Estimate of(StateEstimate estimate) {
      return new Estimate(estimate.events(), estimate.bytes());
    }
  }

  /// How a view is fed and read since the start of the server.
  ///
  /// @param entities in memory
  /// @param bytes of memory they take, about
  /// @param newestEvent the time of the newest event that was fed
  public record Use(
      long entities,
      long bytes,
      Optional<Instant> newestEvent,
      double eventsPerSecond,
      double readsPerSecond,
      long lateEvents,
      long futureEvents,
      long unorderedEvents) {
    static Use of(LiveView view) {
      ViewState state = view.state();
      Activity.Rates rates = view.activity().rates(state.events());
      OptionalLong newest = view.activity().newestMicros();
      return new Use(
          state.entities(),
          state.bytes(),
          newest.isPresent()
              ? Optional.of(Instant.EPOCH.plus(newest.getAsLong(), ChronoUnit.MICROS))
              : Optional.empty(),
          rates.events(),
          rates.reads(),
          state.lateEvents(),
          state.futureEvents(),
          state.unorderedEvents());
    }
  }

  /// A window; what a frame does not have is absent.
  public record WindowReport(
      String name,
      String frame,
      Optional<Duration> range,
      Optional<Integer> rows,
      Optional<Duration> tile,
      boolean excludesReadTime) {
    static WindowReport of(Window window) {
      Optional<Duration> tile =
          window.hopMicros().map(micros -> Duration.of(micros, ChronoUnit.MICROS));
      boolean excludes = window.excludesGroup();
      return switch (window.frame()) {
        case Frame.Range(long micros) ->
            new WindowReport(
                window.name(),
                "range",
                Optional.of(Duration.of(micros, ChronoUnit.MICROS)),
                Optional.empty(),
                tile,
                excludes);
        case Frame.Unbounded() ->
            new WindowReport(
                window.name(), "unbounded", Optional.empty(), Optional.empty(), tile, excludes);
        case Frame.Rows(int preceding) ->
            new WindowReport(
                window.name(),
                "rows",
                Optional.empty(),
                Optional.of(preceding + 1),
                tile,
                excludes);
      };
    }
  }

  static ViewReport of(LiveView view) {
    ViewProgram program = view.program();
    List<Window> windows = program.view().query().windows();
    List<Feature> columns = new ArrayList<>();
    for (FeatureColumn column : program.columns()) {
      List<String> over =
          program.layout().lookup()
              ? List.of()
              : column.uses().stream()
                  .map(use -> windows.get(program.layout().features().get(use).window()).name())
                  .distinct()
                  .toList();
      columns.add(
          new Feature(
              column.name(), column.type().sql(), column.isKey(), over, sources(program, column)));
    }
    return new ViewReport(
        view.name(),
        view.version(),
        view.isComplete() && !view.isDamaged(),
        view.builtRows(),
        program.view().entity(),
        program.view().eventTime(),
        program.view().ttlMicros().map(micros -> Duration.of(micros, ChronoUnit.MICROS)),
        program.view().query().source(),
        columns,
        windows.stream().map(WindowReport::of).toList(),
        view.failure(),
        view.isComplete() && view.isBehind(),
        view.estimates().stream().map(Estimate::of).toList(),
        Use.of(view));
  }

  /// The columns that a column is computed of.
  private static List<String> sources(ViewProgram program, FeatureColumn column) {
    FeatureQuery query = program.view().query();
    Set<String> found = new TreeSet<>();
    query.items().stream()
        .filter(item -> item.name().equals(column.name()))
        .forEach(item -> collect(item.expression(), query, program, found));
    return List.copyOf(found);
  }

  private static void collect(
      Expression expression, FeatureQuery query, ViewProgram program, Set<String> found) {
    switch (expression) {
      case Expression.Call call ->
          Stream.concat(call.parameters().stream(), call.arguments().stream())
              .forEach(part -> collect(part, query, program, found));
      case Expression.Lambda lambda -> collect(lambda.body(), query, program, found);
      case Expression.Name name ->
          source(name, query, program).ifPresent(of -> found.add(of + "." + name.column()));
      case Expression.Constant _, Expression.Asterisk _ -> {}
    }
  }

  /// The data source or lookup view that a name without another meaning is a column of.
  private static Optional<String> source(
      Expression.Name name, FeatureQuery query, ViewProgram program) {
    boolean own =
        program.rows().schema().columns().stream()
            .anyMatch(column -> column.name().equals(name.column()));
    if (own && name.table().filter(table -> !table.equals(query.alias())).isEmpty()) {
      return Optional.of(query.source());
    }
    return query.lookups().stream()
        .filter(lookup -> name.table().filter(table -> !table.equals(lookup.alias())).isEmpty())
        .filter(lookup ->
            program.enrichments().stream()
                .filter(enrichment -> enrichment.lookup().name().equals(lookup.view()))
                .flatMap(enrichment -> enrichment.lookup().columns().stream())
                .anyMatch(column -> column.name().equals(name.column())))
        .map(FeatureQuery.Lookup::view)
        .findFirst();
  }
}
