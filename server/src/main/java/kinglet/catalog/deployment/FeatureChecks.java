// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Map;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.PipeFile;
import kinglet.type.Schema;

/// Judges the feature views of a project before anything is touched.
@FunctionalInterface
public interface FeatureChecks {
  /// Without anybody who could serve feature views there are none.
  FeatureChecks NONE =
      (views, _, findings) -> {
        views.forEach(view ->
            findings.error(view.kindPlace(), "Feature views are not served by this server"));
        return Map.of();
      };

  /// The columns that each view gives, by name; what is wrong becomes a finding.
  ///
  /// @param sources the columns of each data source, by name
  Map<String, Schema> check(List<PipeFile> views, Map<String, Schema> sources, Findings findings);
}
