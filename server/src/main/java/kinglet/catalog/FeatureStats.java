// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

/// How the columns of `kinglet.feature_stats` are made of the parts that its table keeps, which any
/// number of rows may hold of the same hour.
final class FeatureStats {
  static final String COLUMNS =
      """
      hour DateTime('UTC')
      source LowCardinality(String)
      feature_view LowCardinality(String)
      version UInt32
      feature LowCardinality(String)
      reads UInt64 = sum(read_count)
      null_rate Float64 = sum(null_count) / sum(read_count)
      not_found_rate Float64 = sum(not_found_count) / sum(read_count)
      expired_rate Float64 = sum(expired_count) / sum(read_count)
      mean Nullable(Float64) = avgMerge(mean_part)
      stddev Nullable(Float64) = stddevSampMerge(stddev_part)
      min Nullable(Float64) = min(least)
      max Nullable(Float64) = max(greatest)
      quantiles Array(Float32) = quantilesTDigestMerge(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)(quantiles_part)
      histogram Array(Tuple(Float64, Float64, Float64)) = histogramMerge(20)(histogram_part)
      distinct_values UInt64 = ifNull(uniqCombined64Merge(distinct_part), 0)
      top_values Array(Tuple(item String, count UInt64, error UInt64)) = topKMerge(20, 3, 'counts')(top_part)
      new_values Array(String) = arrayFilter((value, first) -> NOT first AND NOT has(arrayFlatten(groupArray(arrayMap(top -> top.1, top_values)) OVER day), value), arrayMap(top -> top.1, top_values), arrayMap(top -> count() OVER day = 0, top_values))
      freshness_mean Nullable(Float64) = avgMerge(freshness_part)
      freshness_max Nullable(Float64) = max(stalest)
      mean_state AggregateFunction(avg, Nullable(Float64)) = avgMergeState(mean_part)
      stddev_state AggregateFunction(stddevSamp, Nullable(Float64)) = stddevSampMergeState(stddev_part)
      quantiles_state AggregateFunction(quantilesTDigest(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99), Nullable(Float64)) = quantilesTDigestMergeState(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)(quantiles_part)
      histogram_state AggregateFunction(histogram(20), Nullable(Float64)) = histogramMergeState(20)(histogram_part)
      distinct_state AggregateFunction(uniqCombined64, Nullable(String)) = uniqCombined64MergeState(distinct_part)
      top_state AggregateFunction(topK(20, 3, 'counts'), Nullable(String)) = topKMergeState(20, 3, 'counts')(top_part)
      """;

  /// A value is new if no hour of the day before had it among its most frequent ones.
  static final String GROUPS =
      " GROUP BY hour, source, feature_view, version, feature WINDOW day AS (PARTITION BY source,"
          + " feature_view, version, feature ORDER BY hour RANGE BETWEEN 86400 PRECEDING AND 1"
          + " PRECEDING)";

  private FeatureStats() {}
}
