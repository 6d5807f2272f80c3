// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import kinglet.expression.Function.NullRule;
import kinglet.expression.Function.Plain;
import kinglet.expression.Function.Special;

/// Functions of one subject, in the order of their page.
final class FunctionGroup {
  private final String title;
  private final List<Function> functions = new ArrayList<>();

  FunctionGroup(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  List<Function> functions() {
    return Collections.unmodifiableList(functions);
  }

  /// A function that is NULL if an argument is. Names are separated by spaces; a `~` before one
  /// means that it may be written in any case.
  @CanIgnoreReturnValue
  FunctionGroup add(
      String names, String signature, String description, String example, Plain binder) {
    return add(names, signature, description, NullRule.PROPAGATES, example, binder);
  }

  @CanIgnoreReturnValue
  FunctionGroup add(
      String names,
      String signature,
      String description,
      NullRule nulls,
      String example,
      Function.Binder binder) {
    List<String> all = List.of(names.replace("~", "").split(" ", -1));
    List<String> anyCase =
        Stream.of(names.split(" ", -1))
            .filter(name -> name.startsWith("~"))
            .map(name -> name.substring(1))
            .toList();
    functions.add(
        new Function(all, Set.copyOf(anyCase), signature, description, nulls, example, binder));
    return this;
  }

  /// A function that says itself what NULL does.
  @CanIgnoreReturnValue
  FunctionGroup special(
      String names, String signature, String description, String example, Special binder) {
    return add(names, signature, description, NullRule.OWN, example, binder);
  }
}
