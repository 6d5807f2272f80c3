// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.ArrayList;
import java.util.List;

/// What came of verifying one view, or a service.
///
/// @param name the feature view or the service that was asked about
/// @param view none for what the service itself computes
/// @param skipped reads that cannot be computed again: of earlier versions of the view
public record VerificationResult(
    String workspaceId,
    String jobId,
    String name,
    String view,
    int version,
    long reads,
    long skipped,
    List<Feature> features) {
  public VerificationResult {
    features = List.copyOf(features);
  }

  /// What came of one feature.
  ///
  /// @param name of the feature, or `__status` for the status of the reads
  /// @param differences some of the first ones of the view, as texts
  public record Feature(String name, Counts counts, List<String> differences) {
    public Feature {
      differences = List.copyOf(differences);
    }

    private static Feature of(String name, Counts counts, Tally tally) {
      return new Feature(
          name,
          counts,
          tally.differences().stream()
              .filter(difference -> difference.feature().equals(name))
              .map(Tally.Difference::text)
              .toList());
    }
  }

  static VerificationResult of(
      String workspaceId, String jobId, String name, String view, int version, Tally tally) {
    List<Feature> features = new ArrayList<>();
    tally.features().forEach((feature, counts) -> features.add(Feature.of(feature, counts, tally)));
    if (!view.isEmpty()) {
      features.add(Feature.of(Tally.STATUS, tally.statuses(), tally));
    }
    return new VerificationResult(
        workspaceId, jobId, name, view, version, tally.reads(), tally.skipped(), features);
  }
}
