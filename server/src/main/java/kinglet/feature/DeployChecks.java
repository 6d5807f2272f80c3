// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import kinglet.catalog.Expectation;
import kinglet.catalog.Finding;
import kinglet.catalog.Monitor.Watch;
import kinglet.catalog.PipeKind;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.ExpectationFile;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.MonitorFile;
import kinglet.catalog.datafile.PipeFile;
import kinglet.catalog.datafile.Place;
import kinglet.catalog.deployment.FeatureChecks;
import kinglet.error.PlatformException;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.feature.definition.FeatureView;
import kinglet.state.StateEstimate;
import kinglet.type.Column;
import kinglet.type.Schema;

/// Compiles the feature views of a project, so that nothing is deployed that cannot be served.
public final class DeployChecks implements FeatureChecks {
  private final long asOfMicros;

  /// @param asOfMicros how far back reads at a time of the caller's reach
  public DeployChecks(long asOfMicros) {
    this.asOfMicros = asOfMicros;
  }

  @Override
  public Views check(
      List<PipeFile> pipes,
      Map<String, Schema> sources,
      Predicate<String> isNew,
      Findings findings) {
    Check check = new Check(asOfMicros, pipes, sources, findings);
    check.compile();
    if (!findings.hasErrors()) {
      check.sizes(isNew);
    }
    return check;
  }

  @Override
  public void expectations(
      List<DataSourceFile> files, Map<String, Schema> sources, Findings findings) {
    for (DataSourceFile file : files) {
      Schema schema = sources.get(file.name());
      if (schema != null) {
        file.expectations().forEach(expectation -> check(expectation, schema, findings));
      }
    }
  }

  private static void check(ExpectationFile file, Schema schema, Findings findings) {
    if (file.expectation() instanceof Expectation.Check check) {
      try {
        var _ = RowConditions.compile(schema, List.of(check.condition()));
      } catch (DefinitionProblem problem) {
        Place start = file.place();
        findings.error(
            new Place(start.path(), start.line(), start.column() + problem.offset()),
            problem.text());
      }
    }
  }

  /// The check of one project.
  private static final class Check implements Views {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final long asOfMicros;
    private final List<PipeFile> pipes;
    private final Map<String, Schema> sources;
    private final Findings findings;
    private final Map<String, String> filled;
    private final Map<PipeFile, FeatureView> views = new LinkedHashMap<>();
    private final Map<String, ViewProgram> programs = new HashMap<>();

    Check(long asOfMicros, List<PipeFile> pipes, Map<String, Schema> sources, Findings findings) {
      this.asOfMicros = asOfMicros;
      this.pipes = List.copyOf(pipes);
      this.sources = sources;
      this.findings = findings;
      this.filled = filled(pipes);
      for (PipeFile pipe : pipes) {
        if (pipe.kind() instanceof PipeKind.Features kind) {
          guarded(
              pipe, () -> views.put(pipe, FeatureView.of(pipe.name(), kind, pipe.output().sql())));
        }
      }
    }

    /// Lookup views first.
    void compile() {
      views.forEach((pipe, view) -> {
        if (view.query().lookups().isEmpty()) {
          guarded(pipe, () -> compile(view));
        }
      });
      views.forEach((pipe, view) -> {
        if (!view.query().lookups().isEmpty()) {
          guarded(pipe, () -> compile(view));
        }
      });
    }

    @Override
    public Map<String, Schema> schemas() {
      Map<String, Schema> schemas = new HashMap<>();
      programs.forEach((name, program) -> schemas.put(name, program.schema()));
      return schemas;
    }

    void sizes(Predicate<String> isNew) {
      for (PipeFile pipe : views.keySet()) {
        ViewProgram program = programs.get(pipe.name());
        if (program != null && isNew.test(pipe.name())) {
          findings.add(Finding.info(pipe.path(), sizes(StateEstimate.of(program.layout()))));
        }
      }
    }

    private static String sizes(List<StateEstimate> estimates) {
      StateEstimate usual = estimates.get(estimates.size() / 2);
      return "an entity takes about so much memory: "
          + estimates.stream()
              .map(one -> size(one.bytes()) + String.format(Locale.ROOT, " with %,d", one.events()))
              .collect(Collectors.joining(", "))
          + " events; a million entities with "
          + usual.events()
          + " events about "
          + size(1_000_000 * usual.bytes());
    }

    /// Rounded to two or three digits.
    private static String size(long bytes) {
      double amount = bytes;
      int unit = 0;
      while (amount >= 1_000 && unit < UNITS.length - 1) {
        amount /= 1_024;
        unit++;
      }
      String number = String.format(Locale.ROOT, amount < 10 && unit > 0 ? "%.1f" : "%.0f", amount);
      return number + " " + UNITS[unit];
    }

    /// Which views an endpoint reads is only known once it is compiled: any may be meant.
    @Override
    public void monitor(MonitorFile file, Optional<List<Column>> computed) {
      String watched = file.monitor().features();
      boolean endpoint =
          pipes.stream()
              .anyMatch(
                  pipe -> pipe.name().equals(watched) && pipe.kind() instanceof PipeKind.Endpoint);
      boolean view = views.keySet().stream().anyMatch(pipe -> pipe.name().equals(watched));
      if (!endpoint && !view) {
        findings.error(
            file.place("FEATURES"), "There is no feature view or endpoint '" + watched + "'");
      }
      if (endpoint || programs.containsKey(watched)) {
        Map<String, List<FeatureColumn>> columns = new TreeMap<>();
        programs.forEach((name, program) -> {
          if (endpoint || name.equals(watched)) {
            columns.put(name, program.columns());
          }
        });
        for (int i = 0; i < file.watchPlaces().size(); i++) {
          Watch watch = file.monitor().watches().get(i);
          boolean isComputed = endpoint && WatchedFeature.isOf(watch, watched);
          try {
            if (!isComputed) {
              var _ = WatchedFeature.of(watch, columns);
            } else if (computed.isPresent()) {
              var _ = WatchedFeature.of(watch, watched, computed.get());
            }
          } catch (PlatformException e) {
            findings.error(file.watchPlaces().get(i), e.text());
          }
        }
      }
    }

    private void compile(FeatureView view) {
      String source = view.query().source();
      Schema schema = sources.get(source);
      if (schema == null) {
        throw new DefinitionProblem(view.query().sourceOffset(), unknown(source));
      }
      String filler = filled.get(source);
      if (filler != null) {
        throw new DefinitionProblem(
            view.query().sourceOffset(),
            "The rows of '"
                + source
                + "' come from the pipe '"
                + filler
                + "', not as events: read what that pipe reads");
      }
      programs.put(
          view.name(),
          ViewCompiler.compile(
              view, schema, name -> Optional.ofNullable(programs.get(name)), asOfMicros));
    }

    private void guarded(PipeFile pipe, Runnable work) {
      try {
        work.run();
      } catch (DefinitionProblem problem) {
        findings.error(pipe.output().placeOf(problem.offset()), problem.text());
      } catch (BadInstruction problem) {
        findings.error(pipe.place(problem.instruction()), problem.text());
      }
    }

    private String unknown(String source) {
      return "There is no data source '"
          + source
          + "'"
          + (sources.isEmpty()
              ? ""
              : "; there are " + String.join(", ", sources.keySet().stream().sorted().toList()));
    }

    /// The pipes that fill data sources, by what they fill.
    private static Map<String, String> filled(List<PipeFile> pipes) {
      Map<String, String> filled = new HashMap<>();
      for (PipeFile pipe : pipes) {
        switch (pipe.kind()) {
          case PipeKind.Materialized view -> filled.put(view.dataSource(), pipe.name());
          case PipeKind.Copy copy
              when copy.mode() == PipeKind.CopyMode.REPLACE && copy.elsewhere().isEmpty() ->
              filled.put(copy.dataSource(), pipe.name());
          case PipeKind.Plain _,
              PipeKind.Endpoint _,
              PipeKind.Sink _,
              PipeKind.Copy _,
              PipeKind.Features _ -> {}
        }
      }
      return filled;
    }
  }
}
