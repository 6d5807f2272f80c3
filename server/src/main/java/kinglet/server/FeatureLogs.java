// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import kinglet.feature.FeatureRead;
import kinglet.feature.ServiceRead;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.observe.FeatureConsistency;
import kinglet.observe.ServedRead;
import kinglet.observe.ServedServiceRead;
import kinglet.observe.ServiceLog;
import kinglet.verification.Counts;
import kinglet.verification.VerificationResult;

/// Writes what was served of features, and what came of verifying it, into the service data
/// sources.
record FeatureLogs(ServiceLog log, Counter compared, Counter different) {
  static FeatureLogs of(ServiceLog log, Metrics metrics) {
    return new FeatureLogs(
        log,
        metrics.counter("feature.verified.values"),
        metrics.counter("feature.verified.different"));
  }

  Consumer<FeatureRead> reads() {
    return read ->
        log.add(
            new ServedRead(
                read.workspaceId(),
                time(read.readMicros()),
                read.view(),
                read.version(),
                read.journalSeq(),
                read.laterSeq(),
                read.newestMicros().isPresent()
                    ? Optional.of(time(read.newestMicros().getAsLong()))
                    : Optional.empty(),
                read.key(),
                read.status(),
                read.features(),
                read.values()));
  }

  private static Instant time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  Consumer<ServiceRead> serviceReads() {
    return read ->
        log.add(
            new ServedServiceRead(
                read.workspaceId(),
                Instant.EPOCH.plus(read.readMicros(), ChronoUnit.MICROS),
                read.service(),
                read.version(),
                read.journalSeq(),
                read.laterSeq(),
                read.keys(),
                read.request(),
                read.features(),
                read.values()));
  }

  void verified(VerificationResult result) {
    for (VerificationResult.Feature feature : result.features()) {
      Counts counts = feature.counts();
      compared.add(counts.compared());
      different.add(counts.compared() - counts.equal());
      log.add(
          new FeatureConsistency(
              result.workspaceId(),
              log.now(),
              result.jobId(),
              result.name(),
              result.view(),
              result.version(),
              feature.name(),
              new FeatureConsistency.Counts(
                  counts.compared(),
                  counts.equal(),
                  counts.different(),
                  counts.missing(),
                  counts.extra()),
              feature.differences()));
    }
  }
}
