// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.tribuo.classification.evaluation.LabelEvaluationUtil;

/// Holds guesses against what happened, on rows that nobody learned from.
record Judgement(List<TrainingFile.Row> rows) {
  /// Chances are kept from 0 and 1, whose logarithms are none.
  private static final double LEAST = 1e-6;

  /// So many rows with the share of all are added to those alike.
  private static final double LIKE_ALL = 10;

  Model.Score score(String guess, ToDoubleFunction<TrainingFile.Row> chance) {
    boolean[] happened = new boolean[rows.size()];
    double[] chances = new double[rows.size()];
    double loss = 0;
    for (int i = 0; i < chances.length; i++) {
      happened[i] = rows.get(i).positive();
      chances[i] = Math.clamp(chance.applyAsDouble(rows.get(i)), LEAST, 1 - LEAST);
      loss -= Math.log(happened[i] ? chances[i] : 1 - chances[i]);
    }
    return new Model.Score(
        guess,
        chances.length,
        LabelEvaluationUtil.binaryAUCROC(happened, chances),
        loss / Math.max(1, chances.length));
  }

  /// What somebody guesses who knows the share of all rows, or of those alike in one column; few
  /// alike say little against all.
  static ToDoubleFunction<TrainingFile.Row> share(
      List<TrainingFile.Row> known, Function<TrainingFile.Row, String> alike) {
    Map<String, long[]> counts = new HashMap<>();
    long positive = 0;
    for (TrainingFile.Row row : known) {
      long[] count = counts.computeIfAbsent(alike.apply(row), _ -> new long[2]);
      count[0]++;
      count[1] += row.positive() ? 1 : 0;
      positive += row.positive() ? 1 : 0;
    }
    double share = (double) positive / known.size();
    return row -> {
      long[] count = counts.getOrDefault(alike.apply(row), new long[2]);
      return (count[1] + LIKE_ALL * share) / (count[0] + LIKE_ALL);
    };
  }
}
