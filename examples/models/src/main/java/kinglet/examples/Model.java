// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A logistic regression over columns of a feature service.
///
/// @param label what it is the chance of
/// @param heldOut how good it was on rows it was not trained on
record Model(
    String label,
    double intercept,
    List<NumberInput> numbers,
    List<CategoryInput> categories,
    List<Score> heldOut) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /// A column of numbers, as distances from its mean in standard deviations.
  ///
  /// @param missing what is added where there is no value
  record NumberInput(String column, double mean, double deviation, double weight, double missing) {
    /// How far a value is from the usual.
    double standard(double value) {
      return (value - mean) / deviation;
    }
  }

  /// A column with few values, each with a weight of its own; one that was never seen has none.
  record CategoryInput(String column, Map<String, Double> weights) {}

  /// How good guesses are: the area under the ROC curve, and the mean logarithm of the chance given
  /// to what then happened.
  record Score(String guess, long rows, double auc, double logLoss) {}

  /// The chance of the label for a row of the feature service.
  double chance(Map<String, ? extends @Nullable Object> row) {
    double sum = intercept;
    for (NumberInput input : numbers) {
      Double value = number(row, input.column());
      sum += value == null ? input.missing() : input.weight() * input.standard(value);
    }
    for (CategoryInput input : categories) {
      sum += input.weights().getOrDefault(String.valueOf(column(row, input.column())), 0.0);
    }
    return 1 / (1 + Math.exp(-sum));
  }

  /// A value as a number; `null` where there is none.
  static @Nullable Double number(Map<String, ? extends @Nullable Object> row, String column) {
    return switch (column(row, column)) {
      case null -> null;
      case Number number -> number.doubleValue();
      case Boolean flag -> flag ? 1.0 : 0.0;
      case Object other ->
          throw new IllegalArgumentException(
              "the column '" + column + "' is no number but '" + other + "'");
    };
  }

  /// The value of a column, which must be there.
  static @Nullable Object column(Map<String, ? extends @Nullable Object> row, String column) {
    if (!row.containsKey(column)) {
      throw new IllegalArgumentException(
          "there is no column '" + column + "'; there are " + String.join(", ", row.keySet()));
    }
    return row.get(column);
  }

  static Model read(Path file) throws IOException {
    try {
      return MAPPER.readValue(Files.readString(file), Model.class);
    } catch (JacksonException e) {
      throw new IOException(file + " is no model that train has written", e);
    }
  }

  void write(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, MAPPER.writeValueAsString(this) + "\n");
  }
}
