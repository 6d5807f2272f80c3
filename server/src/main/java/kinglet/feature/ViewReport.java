// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kinglet.feature.definition.Frame;
import kinglet.feature.definition.Window;

/// What there is to know of a feature view.
///
/// @param complete whether its history is read
/// @param rows of its history that were read
/// @param entities how many have state
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
    long entities) {
  public ViewReport {
    entity = List.copyOf(entity);
    columns = List.copyOf(columns);
    windows = List.copyOf(windows);
  }

  /// A column of the view.
  ///
  /// @param windows those it is computed over
  public record Feature(String name, String type, boolean key, List<String> windows) {
    public Feature {
      windows = List.copyOf(windows);
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
      columns.add(new Feature(column.name(), column.type().sql(), column.isKey(), over));
    }
    return new ViewReport(
        view.name(),
        view.version(),
        view.isComplete(),
        view.builtRows(),
        program.view().entity(),
        program.view().eventTime(),
        program.view().ttlMicros().map(micros -> Duration.of(micros, ChronoUnit.MICROS)),
        program.view().query().source(),
        columns,
        windows.stream().map(WindowReport::of).toList(),
        view.state().entities());
  }
}
