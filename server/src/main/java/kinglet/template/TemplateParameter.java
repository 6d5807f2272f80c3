// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Optional;

/// A parameter a template declares by using it.
///
/// @param type such as `Int32` or `Array(String)`
/// @param defaultValue a text, number, truth value or list of those
/// @param required whether a call must give it
/// @param usedIn `function_call` where no typed function uses it, otherwise empty
public record TemplateParameter(
    String name,
    String type,
    Optional<Object> defaultValue,
    Optional<String> description,
    boolean required,
    List<Object> enumValues,
    Optional<Object> example,
    Optional<String> format,
    Optional<String> usedIn) {
  public TemplateParameter {
    enumValues = List.copyOf(enumValues);
  }
}
