// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What stands at one place of the rows: values, objects with further places, arrays of one.
final class JsonShape {
  private static final int DEPTH_MAX = 20;
  private static final int PLACES_MAX = 5_000;
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern QUOTABLE_KEY = Pattern.compile("[^'`\"\\\\\\[\\]\\p{Cntrl}]+");

  private final int depth;
  private final int[] places;
  private final Map<String, JsonShape> fields = new LinkedHashMap<>();
  private final TypeGuess guess = new TypeGuess();
  private @Nullable JsonShape element;
  private long scalars;
  private long objects;
  private long arrays;
  private long nulls;

  private JsonShape(int depth, int[] places) {
    this.depth = depth;
    this.places = places;
    if (++places[0] > PLACES_MAX) {
      throw new PlatformException(
          InferenceError.TOO_MANY_COLUMNS,
          "The rows have more than "
              + PLACES_MAX
              + " different keys: keep what varies as values, not as keys, or give the schema");
    }
  }

  static JsonShape ofRows() {
    return new JsonShape(0, new int[1]);
  }

  /// One column in the making.
  ///
  /// @param words the keys on the way, for its name
  /// @param steps the keys on the way and null for each array that is not the last step
  /// @param element the type of one value
  /// @param arrays how many arrays are around a value
  /// @param present in how many rows there is one
  record Found(
      List<String> words,
      List<@Nullable String> steps,
      String path,
      String element,
      int arrays,
      long present) {
    Found presentIn(long rows) {
      return new Found(words, steps, path, element, arrays, rows);
    }

    String type() {
      return "Array(".repeat(arrays) + element + ")".repeat(arrays);
    }
  }

  void add(JsonNode value, boolean guessTypes) {
    if (value.isNull()) {
      nulls++;
    } else if (value.isObject() && depth < DEPTH_MAX) {
      objects++;
      value
          .properties()
          .forEach(field ->
              fields
                  .computeIfAbsent(field.getKey(), _ -> new JsonShape(depth + 1, places))
                  .add(field.getValue(), guessTypes));
    } else if (value.isArray() && depth < DEPTH_MAX) {
      arrays++;
      JsonShape inner = element;
      if (inner == null) {
        inner = new JsonShape(depth + 1, places);
        element = inner;
      }
      for (JsonNode each : value) {
        inner.add(each, guessTypes);
      }
    } else {
      scalars++;
      scalar(value, guessTypes);
    }
  }

  private void scalar(JsonNode value, boolean guessTypes) {
    if (value.isContainer() || !guessTypes) {
      guess.text(value.isString() ? value.stringValue() : value.toString());
    } else if (value.isBoolean()) {
      guess.bool();
    } else if (value.isNumber()) {
      guess.number(value.isIntegralNumber() ? value.bigIntegerValue().toString() : "0.5");
    } else {
      guess.string(value.stringValue());
    }
  }

  private long present() {
    return scalars + objects + arrays;
  }

  /// The columns for what stands below the rows.
  ///
  /// A key no path can name is left out.
  List<Found> columns(long rows) {
    List<Found> found = new ArrayList<>();
    fields.forEach((key, field) -> {
      if (isAddressable(key)) {
        field.columns(List.of(key), List.of(key), 0, rows, found);
      }
    });
    return found;
  }

  /// @param arraysAbove how many arrays the path goes into on its way here
  /// @param expected how often there would be a value if none were left out
  private void columns(
      List<String> words,
      List<@Nullable String> steps,
      int arraysAbove,
      long expected,
      List<Found> into) {
    boolean complete = nulls == 0 && present() == expected;
    boolean top = arraysAbove == 0;
    JsonShape inner = element;
    if (scalars + arrays == 0 && addressable() && (top || nulls == 0)) {
      fields.forEach((key, field) ->
          field.columns(plus(words, key), plus(steps, key), arraysAbove, expected, into));
    } else if (isArray() && (top || complete) && inner != null && inner.isObjectAlways()) {
      List<Found> inside = new ArrayList<>();
      inner.fields.forEach((key, field) ->
          field.columns(
              plus(words, key),
              plus(plus(steps, null), key),
              arraysAbove + 1,
              inner.objects,
              inside));
      inside.forEach(found -> into.add(found.presentIn(present())));
    } else if (isArray() && (top || complete)) {
      into.add(arrayColumn(words, steps, arraysAbove));
    } else {
      into.add(new Found(words, steps, path(steps), value(expected, top), arraysAbove, present()));
    }
  }

  private Found arrayColumn(List<String> words, List<@Nullable String> steps, int arraysAbove) {
    JsonShape leaf = inner();
    int levels = 1;
    while (leaf.isArray() && leaf.nulls == 0) {
      leaf = leaf.inner();
      levels++;
    }
    String type = leaf.value(leaf.present() + leaf.nulls, false);
    return new Found(words, steps, path(steps) + "[:]", type, arraysAbove + levels, present());
  }

  /// The type of what stands here, read as one value.
  private String value(long expected, boolean mayBeFew) {
    boolean nullable = nulls > 0 || present() < expected;
    if (arrays + objects > 0) {
      return nullable ? "Nullable(String)" : "String";
    }
    return guess.type(nullable, mayBeFew);
  }

  private boolean isArray() {
    return arrays > 0 && scalars + objects == 0;
  }

  private boolean isObjectAlways() {
    return scalars + arrays + nulls == 0 && addressable();
  }

  /// Whether these are objects all of whose keys a path can name.
  private boolean addressable() {
    return !fields.isEmpty() && fields.keySet().stream().allMatch(JsonShape::isAddressable);
  }

  private static boolean isAddressable(String key) {
    return QUOTABLE_KEY.matcher(key).matches();
  }

  private JsonShape inner() {
    JsonShape inner = element;
    if (inner == null) {
      throw new IllegalStateException("an array was seen and its elements have no place");
    }
    return inner;
  }

  static String path(List<? extends @Nullable String> steps) {
    StringBuilder path = new StringBuilder("$");
    for (@Nullable String step : steps) {
      if (step == null) {
        path.append("[:]");
      } else if (PLAIN_KEY.matcher(step).matches()) {
        path.append('.').append(step);
      } else {
        path.append(".['").append(step).append("']");
      }
    }
    return path.toString();
  }

  static <T extends @Nullable Object> List<T> plus(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
