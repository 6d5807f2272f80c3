// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import java.util.Set;

/// A scalar function: how it is called, what it means, how it is made.
///
/// @param names its name, then its other names
/// @param anyCase those of its names that may be written in any case
/// @param example an expression without columns
record Function(
    List<String> names,
    Set<String> anyCase,
    String signature,
    String description,
    NullRule nulls,
    String example,
    Binder binder) {
  /// Gives the function types; throws through [Arguments#failure] where they do not fit.
  sealed interface Binder {}

  /// A function of its arguments' values.
  @FunctionalInterface
  non-sealed interface Plain extends Binder {
    Bound bind(Arguments arguments);
  }

  /// A function that evaluates its arguments itself.
  @FunctionalInterface
  non-sealed interface Special extends Binder {
    Compiled bind(Arguments arguments);
  }

  /// What NULL does.
  enum NullRule {
    /// NULL if an argument is NULL.
    PROPAGATES("NULL if an argument is NULL."),
    /// The function sees NULLs and gives none.
    NEVER("Never NULL."),
    /// As the description says.
    OWN("As described.");

    private final String sentence;

    NullRule(String sentence) {
      this.sentence = sentence;
    }

    String sentence() {
      return sentence;
    }
  }

  Function {
    names = List.copyOf(names);
    anyCase = Set.copyOf(anyCase);
  }

  String name() {
    return names.getFirst();
  }
}
