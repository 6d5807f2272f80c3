// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import kinglet.catalog.PipeKind;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.MonitorFile;
import kinglet.catalog.datafile.PipeFile;
import kinglet.type.Column;
import kinglet.type.Schema;

/// Judges the feature views of a project before anything is touched.
public interface FeatureChecks {
  /// Without anybody who could serve feature views there are none.
  FeatureChecks NONE =
      new FeatureChecks() {
        @Override
        public Views check(
            List<PipeFile> pipes,
            Map<String, Schema> sources,
            Predicate<String> isNew,
            Findings findings) {
          pipes.stream()
              .filter(pipe -> pipe.kind() instanceof PipeKind.Features)
              .forEach(view ->
                  findings.error(view.kindPlace(), "Feature views are not served by this server"));
          return new Views() {
            @Override
            public Map<String, Schema> schemas() {
              return Map.of();
            }

            @Override
            public void monitor(MonitorFile monitor, Optional<List<Column>> computed) {
              findings.error(monitor.place("FEATURES"), "Monitors are not run by this server");
            }
          };
        }

        @Override
        public void expectations(
            List<DataSourceFile> files, Map<String, Schema> sources, Findings findings) {
          files.stream()
              .filter(file -> !file.expectations().isEmpty())
              .forEach(file ->
                  findings.error(
                      file.place("EXPECTATIONS"), "Expectations are not checked by this server"));
        }
      };

  /// The feature views of a project; what is wrong becomes a finding.
  interface Views {
    /// The columns that each gives, by name.
    Map<String, Schema> schemas();

    /// Judges what a monitor watches.
    ///
    /// @param computed the columns of the endpoint it watches, if it is one and they are known
    void monitor(MonitorFile monitor, Optional<List<Column>> computed);
  }

  /// @param pipes all of the project
  /// @param sources the columns of each data source, by name
  /// @param isNew whether a view is not served yet as the project has it: what it takes is said
  Views check(
      List<PipeFile> pipes,
      Map<String, Schema> sources,
      Predicate<String> isNew,
      Findings findings);

  /// Judges what data sources expect of their rows; what cannot be computed becomes a finding.
  void expectations(List<DataSourceFile> files, Map<String, Schema> sources, Findings findings);
}
