// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Map;
import kinglet.catalog.PipeKind;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.PipeFile;
import kinglet.type.Schema;

/// Judges the feature views of a project before anything is touched.
@FunctionalInterface
public interface FeatureChecks {
  /// Without anybody who could serve feature views there are none.
  FeatureChecks NONE =
      (pipes, _, findings) -> {
        pipes.stream()
            .filter(pipe -> pipe.kind() instanceof PipeKind.Features)
            .forEach(view ->
                findings.error(view.kindPlace(), "Feature views are not served by this server"));
        return Map.of();
      };

  /// The columns that each feature view gives, by name; what is wrong becomes a finding.
  ///
  /// @param pipes all of the project
  /// @param sources the columns of each data source, by name
  Map<String, Schema> check(List<PipeFile> pipes, Map<String, Schema> sources, Findings findings);
}
