// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import kinglet.catalog.Monitor;
import kinglet.catalog.Monitor.Reference;
import kinglet.catalog.Monitor.Split;
import kinglet.catalog.Monitor.Watch;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.drift.Binning;
import kinglet.drift.Categories;
import kinglet.drift.Distance;
import kinglet.drift.Numbers;
import kinglet.feature.WatchedFeature;
import kinglet.monitor.Distributions.Values;
import kinglet.training.TrainingSets;

/// Compares what was served until a moment with the reference of a monitor.
final class Comparison {
  private static final int NEW_CATEGORIES_MAX = 20;

  private final Distributions distributions;
  private final TrainingSets sets;
  private final Workspace workspace;
  private final Monitor monitor;
  private final Instant now;

  Comparison(
      ClickHouse clickHouse, TrainingSets sets, Workspace workspace, Monitor monitor, Instant now) {
    this.distributions = new Distributions(clickHouse);
    this.sets = sets;
    this.workspace = workspace;
    this.monitor = monitor;
    this.now = now;
  }

  Measurement measure(Watch watch, WatchedFeature feature) {
    Instant from = now.minus(monitor.window());
    Values current = Values.served(workspace.id(), feature, from, now);
    Values reference =
        switch (monitor.reference()) {
          case Reference.TrainingSet(String name) -> set(name, feature);
          case Reference.Range(Instant first, Instant end) ->
              Values.served(workspace.id(), feature, first, end);
          case Reference.Preceding(var length) ->
              Values.served(workspace.id(), feature, from.minus(length), from);
        };
    boolean categories =
        watch.split() instanceof Split.Categories
            || (watch.distance() instanceof Distance.OfBins && !feature.isNumber());
    return categories
        ? categories(watch, feature, reference, current)
        : numbers(watch, feature, reference, current);
  }

  private Values set(String name, WatchedFeature feature) {
    TrainingSets.Rows rows = sets.rows(workspace, name);
    return Values.of(
        rows.table(),
        feature.isComputed()
            ? rows.computed(feature.view(), feature.name())
            : rows.column(feature.view(), feature.name()));
  }

  private Measurement numbers(
      Watch watch, WatchedFeature feature, Values referenceValues, Values currentValues) {
    Optional<Numbers> reference = distributions.numbers(referenceValues);
    Optional<Numbers> current = distributions.numbers(currentValues);
    long referenceTotal = reference.map(Numbers::total).orElse(0L);
    long currentTotal = current.map(Numbers::total).orElse(0L);
    OptionalDouble value =
        enough(referenceTotal, currentTotal)
            ? OptionalDouble.of(distance(watch, reference.orElseThrow(), current.orElseThrow()))
            : OptionalDouble.empty();
    return new Measurement(watch, feature, value, referenceTotal, currentTotal, List.of());
  }

  private static double distance(Watch watch, Numbers reference, Numbers current) {
    return switch (watch.distance()) {
      case Distance.OfNumbers distance -> distance.of(reference, current);
      case Distance.OfBins distance -> {
        Binning binning =
            switch (watch.split()) {
              case Split.Numbers(Binning given) -> given;
              case Split.Usual usual -> usual.numbers();
              case Split.Categories _ -> throw new IllegalStateException("numbers in categories");
            };
        yield distance.of(binning.bins(reference, current));
      }
    };
  }

  private Measurement categories(
      Watch watch, WatchedFeature feature, Values referenceValues, Values currentValues) {
    Optional<Categories> reference = distributions.categories(referenceValues);
    Optional<Categories> current = distributions.categories(currentValues);
    long referenceTotal = total(reference);
    long currentTotal = total(current);
    if (!enough(referenceTotal, currentTotal)
        || !(watch.distance() instanceof Distance.OfBins distance)) {
      return new Measurement(
          watch, feature, OptionalDouble.empty(), referenceTotal, currentTotal, List.of());
    }
    Map<String, Long> known = reference.orElseThrow().counts();
    List<String> added =
        current.orElseThrow().counts().entrySet().stream()
            .filter(entry -> !known.containsKey(entry.getKey()))
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(NEW_CATEGORIES_MAX)
            .map(Map.Entry::getKey)
            .toList();
    double value = distance.of(Categories.bins(reference.orElseThrow(), current.orElseThrow()));
    return new Measurement(
        watch, feature, OptionalDouble.of(value), referenceTotal, currentTotal, added);
  }

  private static long total(Optional<Categories> categories) {
    return categories.stream()
        .flatMap(one -> one.counts().values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private boolean enough(long reference, long current) {
    return Math.min(reference, current) >= monitor.valuesMin();
  }
}
