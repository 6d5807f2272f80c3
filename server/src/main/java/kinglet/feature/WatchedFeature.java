// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.catalog.Monitor.Split;
import kinglet.catalog.Monitor.Watch;
import kinglet.drift.Distance;
import kinglet.error.PlatformException;
import kinglet.type.DataType;

/// A feature that a monitor watches.
public record WatchedFeature(String view, String name, DataType type) {
  /// What a watch means among the features of some views.
  ///
  /// @param columns by the name of the view
  public static WatchedFeature of(Watch watch, Map<String, List<FeatureColumn>> columns) {
    List<WatchedFeature> all =
        columns.entrySet().stream()
            .flatMap(view ->
                view.getValue().stream()
                    .filter(column -> !column.isKey())
                    .map(column -> new WatchedFeature(view.getKey(), column.name(), column.type())))
            .toList();
    List<WatchedFeature> meant =
        all.stream()
            .filter(feature ->
                Stream.of(feature.name(), feature.fullName()).anyMatch(watch.feature()::equals))
            .toList();
    if (meant.size() != 1) {
      throw new PlatformException(
          FeatureError.UNKNOWN_FEATURES,
          meant.isEmpty()
              ? "There is no feature '"
                  + watch.feature()
                  + "'; there are "
                  + all.stream().map(WatchedFeature::fullName).collect(Collectors.joining(", "))
              : "Several views have a feature '"
                  + watch.feature()
                  + "': write "
                  + meant.stream()
                      .map(WatchedFeature::fullName)
                      .collect(Collectors.joining(" or ")));
    }
    WatchedFeature feature = meant.getFirst();
    boolean numbers =
        watch.distance() instanceof Distance.OfNumbers || watch.split() instanceof Split.Numbers;
    if (numbers && !feature.isNumber()) {
      throw new PlatformException(
          FeatureError.UNKNOWN_FEATURES,
          "The feature '"
              + feature.fullName()
              + "' is "
              + feature.type().sql()
              + ", no number: a distance of categories compares it, such as chi_square");
    }
    return feature;
  }

  /// The name with that of its view.
  public String fullName() {
    return view + "." + name;
  }

  public boolean isNumber() {
    return isNumber(type);
  }

  private static boolean isNumber(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> isNumber(inner);
      case DataType.LowCardinality(DataType inner) -> isNumber(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> isNumber(inner);
      case DataType.Int _, DataType.Float _, DataType.Decimal _ -> true;
      default -> false;
    };
  }
}
