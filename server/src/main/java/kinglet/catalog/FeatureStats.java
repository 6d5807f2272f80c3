// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

/// How the columns of `kinglet.feature_stats` are made of the parts that its table keeps, which any
/// number of rows may hold of the same hour, and the parts of values.
public final class FeatureStats {
  /// What is kept of each hour and feature: parts that merge, in any number and order.
  public static final String TABLE =
      """
      hour DateTime('UTC'), source LowCardinality(String), feature_view LowCardinality(String),
      version UInt32, feature LowCardinality(String),
      read_count SimpleAggregateFunction(sum, UInt64),
      null_count SimpleAggregateFunction(sum, UInt64),
      not_found_count SimpleAggregateFunction(sum, UInt64),
      expired_count SimpleAggregateFunction(sum, UInt64),
      mean_part AggregateFunction(avg, Nullable(Float64)),
      stddev_part AggregateFunction(stddevSamp, Nullable(Float64)),
      least SimpleAggregateFunction(min, Nullable(Float64)),
      greatest SimpleAggregateFunction(max, Nullable(Float64)),
      quantiles_part AggregateFunction(
        quantilesTDigest(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99), Nullable(Float64)),
      histogram_part AggregateFunction(histogram(20), Nullable(Float64)),
      distinct_part AggregateFunction(uniqCombined64, Nullable(String)),
      top_part AggregateFunction(topK(20, 3, 'counts'), Nullable(String)),
      freshness_part AggregateFunction(avg, Nullable(Float64)),
      stalest SimpleAggregateFunction(max, Nullable(Float64))
      """;

  /// What the parts are made of, of a `value` as JSON.
  public static final String VALUES =
      """
      if(startsWith(value, '"'), JSONExtractString(value), nullIf(value, 'null')) AS text,
      toFloat64OrNull(value) AS number\
      """;

  /// The parts, of these, of the `status` of a read and of the `age` of the newest event. The texts
  /// of long values are cut, so that a sketch has a limit.
  public static final String PARTS =
      """
      count() AS read_count, countIf(text IS NULL) AS null_count,
      countIf(status = 'NOT_FOUND') AS not_found_count,
      countIf(status = 'EXPIRED') AS expired_count,
      avgState(number) AS mean_part, stddevSampState(number) AS stddev_part,
      min(number) AS least, max(number) AS greatest,
      quantilesTDigestState(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)(number) AS quantiles_part,
      histogramState(20)(number) AS histogram_part,
      uniqCombined64State(text) AS distinct_part,
      topKState(20, 3, 'counts')(leftUTF8(text, 200)) AS top_part,
      avgState(age) AS freshness_part, max(age) AS stalest\
      """;

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
