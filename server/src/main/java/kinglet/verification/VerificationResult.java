// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.List;

/// What came of verifying one view.
///
/// @param name the feature view or the service that was asked about
/// @param skipped reads that cannot be computed again: of earlier versions of the view
/// @param differences the first ones, as texts
public record VerificationResult(
    String workspaceId,
    String jobId,
    String name,
    String view,
    int version,
    long reads,
    long skipped,
    List<Feature> features,
    List<String> differences) {
  public VerificationResult {
    features = List.copyOf(features);
    differences = List.copyOf(differences);
  }

  /// Counts of one feature.
  ///
  /// @param different both are values, and not the same
  /// @param missing a value was served, and history gives none
  /// @param extra none was served, and history gives one
  public record Feature(
      String name, long compared, long equal, long different, long missing, long extra) {}

  static VerificationResult of(
      String workspaceId, String jobId, String name, String view, int version, Tally tally) {
    return new VerificationResult(
        workspaceId,
        jobId,
        name,
        view,
        version,
        tally.reads(),
        tally.skipped(),
        tally.features().entrySet().stream()
            .map(entry ->
                new Feature(
                    entry.getKey(),
                    entry.getValue().compared(),
                    entry.getValue().equal(),
                    entry.getValue().different(),
                    entry.getValue().missing(),
                    entry.getValue().extra()))
            .toList(),
        tally.differences().stream().map(Tally.Difference::toString).toList());
  }
}
