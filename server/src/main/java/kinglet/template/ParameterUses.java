// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What the uses of one parameter say of it. Owned by one thread.
final class ParameterUses {
  /// A call of a typed function.
  ///
  /// @param control whether it stands in a `{% %}` tag
  record Use(
      String type,
      boolean control,
      Optional<Object> defaultValue,
      Optional<String> description,
      Optional<Boolean> required,
      Optional<Object> enumValues,
      Optional<Object> example,
      Optional<String> format) {}

  private final String name;
  private final List<Use> uses = new ArrayList<>();
  private boolean tested;

  ParameterUses(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void typed(Use use) {
    uses.add(use);
  }

  /// It is used without a type.
  void bare() {
    // Being known is all there is to note.
  }

  /// `defined()` asks for it, so a call may leave it out.
  void tested() {
    tested = true;
  }

  /// Whether some use fails without a value.
  boolean withoutDefault() {
    return !uses.isEmpty()
        && uses.stream()
            .noneMatch(use ->
                use.defaultValue().isPresent() || use.required().filter(is -> !is).isPresent());
  }

  TemplateParameter parameter() {
    if (uses.isEmpty()) {
      return new TemplateParameter(
          name,
          "String",
          Optional.empty(),
          Optional.empty(),
          false,
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.of("function_call"));
    }
    String type =
        uses.stream().filter(use -> !use.control()).findFirst().orElse(uses.getFirst()).type();
    boolean asked = uses.stream().anyMatch(use -> use.required().filter(is -> is).isPresent());
    return new TemplateParameter(
        name,
        type,
        latest(Use::defaultValue),
        latest(use -> use.description().filter(text -> !text.isEmpty())),
        withoutDefault() && (asked || !tested),
        latest(Use::enumValues).map(ParameterUses::list).orElse(List.of()),
        latest(Use::example),
        latest(Use::format),
        Optional.empty());
  }

  private static List<Object> list(Object values) {
    return values instanceof List<?> list ? List.copyOf(list) : List.of(values);
  }

  /// The last thing said; what is said in the SQL counts more than what control tags say.
  private <T> Optional<T> latest(Function<Use, Optional<T>> what) {
    return last(what, false).or(() -> last(what, true));
  }

  private <T> Optional<T> last(Function<Use, Optional<T>> what, boolean control) {
    return uses.reversed().stream()
        .filter(use -> use.control() == control)
        .map(what)
        .flatMap(Optional::stream)
        .findFirst();
  }
}
