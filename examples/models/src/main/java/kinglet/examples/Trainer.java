// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.Feature;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/// Fits a logistic regression to rows of a training set, with Tribuo.
///
/// @param numbers columns of numbers
/// @param categories columns with few values
record Trainer(String label, List<String> numbers, List<String> categories) {
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");
  private static final Label YES = new Label("yes");
  private static final Label NO = new Label("no");
  private static final int EPOCHS = 10;
  private static final int MINIBATCH = 64;
  private static final double LEARNING_RATE = 0.1;
  private static final long SEED = 1;

  Model fit(List<TrainingFile.Row> rows) {
    TRIBUO.setLevel(Level.WARNING);
    List<Model.NumberInput> standards =
        numbers.stream().map(column -> standard(column, rows)).toList();
    LabelFactory labels = new LabelFactory();
    MutableDataset<Label> data =
        new MutableDataset<>(
            new SimpleDataSourceProvenance("a training set of Kinglet", labels), labels);
    for (TrainingFile.Row row : rows) {
      data.add(example(row, standards));
    }
    if (data.getOutputInfo().size() < 2) {
      throw new IllegalArgumentException(
          "all " + rows.size() + " rows to learn from have the same " + label);
    }
    LinearSGDModel fitted =
        new LinearSGDTrainer(
                new LogMulticlass(), new AdaGrad(LEARNING_RATE), EPOCHS, -1, MINIBATCH, SEED)
            .train(data);
    return model(standards, categories(rows), new Weights(fitted));
  }

  private static Model.NumberInput standard(String column, List<TrainingFile.Row> rows) {
    double[] values =
        rows.stream()
            .map(row -> Model.number(row.columns(), column))
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .toArray();
    double mean = Arrays.stream(values).average().orElse(0);
    double variance =
        Arrays.stream(values).map(value -> (value - mean) * (value - mean)).average().orElse(0);
    return new Model.NumberInput(column, mean, variance > 0 ? Math.sqrt(variance) : 1, 0, 0);
  }

  private ArrayExample<Label> example(TrainingFile.Row row, List<Model.NumberInput> standards) {
    List<Feature> features = new ArrayList<>();
    for (Model.NumberInput input : standards) {
      Double value = Model.number(row.columns(), input.column());
      features.add(
          value == null
              ? new Feature(missing(input.column()), 1)
              : new Feature(input.column(), input.standard(value)));
    }
    for (String column : categories) {
      features.add(new Feature(category(column, row), 1));
    }
    return new ArrayExample<>(row.positive() ? YES : NO, features);
  }

  private static String missing(String column) {
    return column + " missing";
  }

  private static String category(String column, TrainingFile.Row row) {
    return category(column, String.valueOf(Model.column(row.columns(), column)));
  }

  private static String category(String column, String value) {
    return column + "=" + value;
  }

  /// The values of each category, in order.
  private Map<String, List<String>> categories(List<TrainingFile.Row> rows) {
    Map<String, List<String>> values = new TreeMap<>();
    for (String column : categories) {
      values.put(
          column,
          rows.stream()
              .map(row -> String.valueOf(Model.column(row.columns(), column)))
              .distinct()
              .sorted()
              .toList());
    }
    return values;
  }

  private Model model(
      List<Model.NumberInput> standards, Map<String, List<String>> values, Weights weights) {
    return new Model(
        label,
        weights.intercept(),
        standards.stream()
            .map(input ->
                new Model.NumberInput(
                    input.column(),
                    input.mean(),
                    input.deviation(),
                    weights.of(input.column()),
                    weights.of(missing(input.column()))))
            .toList(),
        values.entrySet().stream()
            .map(column -> {
              Map<String, Double> each = new TreeMap<>();
              for (String value : column.getValue()) {
                each.put(value, weights.of(category(column.getKey(), value)));
              }
              return new Model.CategoryInput(column.getKey(), each);
            })
            .toList(),
        List.of());
  }

  /// What Tribuo learned: a softmax of two labels is a logistic regression by their difference.
  private record Weights(LinearSGDModel fitted, DenseMatrix all) {
    Weights(LinearSGDModel fitted) {
      this(fitted, fitted.getWeightsCopy());
    }

    double of(String feature) {
      int id = fitted.getFeatureIDMap().getID(feature);
      return id < 0 ? 0 : difference(id);
    }

    /// It has the column behind those of the features.
    double intercept() {
      return difference(fitted.getFeatureIDMap().size());
    }

    private double difference(int column) {
      int yes = fitted.getOutputIDInfo().getID(YES);
      int no = fitted.getOutputIDInfo().getID(NO);
      return all.get(yes, column) - all.get(no, column);
    }
  }
}
