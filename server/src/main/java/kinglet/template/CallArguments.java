// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The evaluated arguments of one call of a function.
record CallArguments(Expression.Call call, List<Value> values, Map<String, Value> keywords) {
  /// The argument at a position or of a name; nothing if it is not there or has no value.
  Optional<Value> find(int position, String name) {
    Value value =
        position >= 0 && position < values.size() ? values.get(position) : keywords.get(name);
    return Optional.ofNullable(value).filter(given -> !given.absent());
  }

  /// The first argument, which has to be written, though it may have no value.
  Value first() {
    if (values.isEmpty()) {
      throw TemplateFailures.evaluation(
          call.function() == TemplateFunction.TYPED
                  || call.function() == TemplateFunction.BOOLEAN
                  || call.function() == TemplateFunction.ARRAY
                  || call.function() == TemplateFunction.JSON
              ? "one of the transform type functions is missing an argument"
              : call.name() + "() is missing an argument, line " + call.line());
    }
    return values.getFirst();
  }

  Value at(int position) {
    if (position >= values.size()) {
      throw TemplateFailures.evaluation(
          call.name() + "() is missing an argument, line " + call.line());
    }
    return values.get(position);
  }

  /// The argument as a text, or `otherwise`.
  String text(int position, String name, String otherwise) {
    return find(position, name).map(PythonText::str).orElse(otherwise);
  }
}
