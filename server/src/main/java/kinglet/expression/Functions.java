// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// All scalar functions, in groups of one subject.
final class Functions {
  private static final List<FunctionGroup> GROUPS =
      List.of(
          ArithmeticFunctions.group(),
          ComparisonFunctions.group(),
          LogicFunctions.group(),
          ConditionalFunctions.group(),
          ConversionFunctions.group(),
          MathFunctions.group(),
          TextFunctions.group(),
          HashFunctions.group(),
          VectorFunctions.group(),
          GeoFunctions.group(),
          DateFunctions.group(),
          ArrayFunctions.group(),
          MapFunctions.group(),
          JsonFunctions.group());

  private static final Map<String, Function> BY_NAME = new HashMap<>();
  private static final Map<String, Function> BY_LOWER_NAME = new HashMap<>();

  static {
    for (FunctionGroup group : GROUPS) {
      for (Function function : group.functions()) {
        for (String name : function.names()) {
          if (BY_NAME.put(name, function) != null) {
            throw new IllegalStateException("two functions are named " + name);
          }
          if (function.anyCase().contains(name)) {
            BY_LOWER_NAME.put(name.toLowerCase(Locale.ROOT), function);
          }
        }
      }
    }
  }

  private Functions() {}

  static List<FunctionGroup> groups() {
    return GROUPS;
  }

  static List<Function> all() {
    List<Function> all = new ArrayList<>();
    GROUPS.forEach(group -> all.addAll(group.functions()));
    return all;
  }

  static Optional<Function> find(String name) {
    Function exact = BY_NAME.get(name);
    return Optional.ofNullable(
        exact != null ? exact : BY_LOWER_NAME.get(name.toLowerCase(Locale.ROOT)));
  }

  static Stream<String> names() {
    return BY_NAME.keySet().stream();
  }
}
