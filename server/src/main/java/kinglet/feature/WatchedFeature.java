// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.catalog.Monitor.Split;
import kinglet.catalog.Monitor.Watch;
import kinglet.drift.Distance;
import kinglet.error.Nearest;
import kinglet.error.PlatformException;
import kinglet.type.Column;
import kinglet.type.DataType;

/// A feature that a monitor watches.
///
/// @param view the feature view, or the service
/// @param isComputed whether it is a column that a service computes
public record WatchedFeature(String view, boolean isComputed, String name, DataType type) {
  /// What a watch means among the features of some views.
  ///
  /// @param columns by the name of the view
  public static WatchedFeature of(Watch watch, Map<String, List<FeatureColumn>> columns) {
    List<WatchedFeature> all =
        columns.entrySet().stream()
            .flatMap(view ->
                view.getValue().stream()
                    .filter(column -> !column.isKey())
                    .map(column ->
                        new WatchedFeature(view.getKey(), false, column.name(), column.type())))
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
                  + Nearest.hint(
                      watch.feature(),
                      all.stream()
                          .map(feature ->
                              watch.feature().contains(".") ? feature.fullName() : feature.name()))
              : "Several views have a feature '"
                  + watch.feature()
                  + "': write "
                  + meant.stream()
                      .map(WatchedFeature::fullName)
                      .collect(Collectors.joining(" or ")));
    }
    return meant.getFirst().comparable(watch);
  }

  /// What a watch means among the columns that a service computes.
  public static WatchedFeature of(Watch watch, String service, List<Column> columns) {
    String name = watch.feature().substring(service.length() + 1);
    return columns.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .map(column -> new WatchedFeature(service, true, name, column.type()).comparable(watch))
        .orElseThrow(() ->
            new PlatformException(
                FeatureError.UNKNOWN_FEATURES,
                "The service '"
                    + service
                    + "' has no column '"
                    + name
                    + "'; it has "
                    + columns.stream().map(Column::name).collect(Collectors.joining(", "))
                    + Nearest.hint(name, columns.stream().map(Column::name))));
  }

  /// One of which nothing is known yet: nobody has read the service.
  public static WatchedFeature unread(Watch watch, String service) {
    String name = watch.feature().substring(service.length() + 1);
    return new WatchedFeature(service, true, name, new DataType.StringType());
  }

  /// Whether a watch is of a column that a service computes.
  public static boolean isOf(Watch watch, String service) {
    return watch.feature().startsWith(service + ".");
  }

  private WatchedFeature comparable(Watch watch) {
    boolean numbers =
        watch.distance() instanceof Distance.OfNumbers || watch.split() instanceof Split.Numbers;
    if (numbers && !isNumber()) {
      throw new PlatformException(
          FeatureError.UNKNOWN_FEATURES,
          "The feature '"
              + fullName()
              + "' is "
              + type.sql()
              + ", no number: a distance of categories compares it, such as chi_square");
    }
    return this;
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
