// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a call gives a method.
record MethodArguments(String method, List<Value> values, Map<String, Value> keywords) {
  /// The same, if there are from `min` to `max` arguments without name, and no names but these.
  MethodArguments checked(int min, int max, String... names) {
    if (values.size() < min || values.size() > max) {
      throw TemplateFailures.evaluation(
          method
              + "() takes "
              + (min == max ? Integer.toString(min) : min + " to " + max)
              + " arguments, "
              + values.size()
              + " given");
    }
    for (String name : keywords.keySet()) {
      if (!Set.of(names).contains(name)) {
        throw TemplateFailures.evaluation(
            method + "() got an unexpected keyword argument '" + name + "'");
      }
    }
    return this;
  }

  /// The argument at a position or of a name; null if it is not there or has no value.
  @Nullable Value find(int position, String name) {
    Value value = position < values.size() ? values.get(position) : keywords.get(name);
    return value == null || value.absent() ? null : value.plain();
  }

  String text(int position) {
    return asText(position < values.size() ? values.get(position).plain() : null);
  }

  String text(int position, String name, String otherwise) {
    Value value = find(position, name);
    return value == null ? otherwise : asText(value);
  }

  private String asText(@Nullable Value value) {
    if (value instanceof Value.Text(String text)) {
      return text;
    }
    throw TemplateFailures.evaluation(
        method + "() takes texts" + (value == null ? "" : ", not " + value.typeName()));
  }

  int number(int position, String name, int otherwise) {
    Value value = find(position, name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Value.Int(var number)) {
      return number.bitLength() < 31 ? number.intValue() : number.signum() * Integer.MAX_VALUE;
    }
    throw TemplateFailures.evaluation(method + "() takes an integer, not " + value.typeName());
  }

  boolean truth(int position, String name) {
    Value value = find(position, name);
    return value != null && Operations.truth(value);
  }
}
