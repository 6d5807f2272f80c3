// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Parts of sequences, as `[from:to:step]` names them.
final class Slices {
  private Slices() {}

  static List<Value> of(
      List<Value> values, Optional<Integer> from, Optional<Integer> to, int step) {
    return indexes(values.size(), from, to, step).mapToObj(values::get).toList();
  }

  static IntStream indexes(int size, Optional<Integer> from, Optional<Integer> to, int step) {
    if (step == 0) {
      throw TemplateFailures.evaluation("slice step cannot be zero");
    }
    int low = step > 0 ? 0 : -1;
    int high = step > 0 ? size : size - 1;
    int start = from.map(i -> clamp(i, size, low, high)).orElse(step > 0 ? low : high);
    int end = to.map(i -> clamp(i, size, low, high)).orElse(step > 0 ? high : low);
    return step > 0
        ? IntStream.iterate(start, i -> i < end, i -> i > end - step ? end : i + step)
        : IntStream.iterate(start, i -> i > end, i -> i < end - step ? end : i + step);
  }

  private static int clamp(int index, int size, int low, int high) {
    long at = index < 0 ? (long) size + index : index;
    return Math.clamp(at, low, high);
  }
}
