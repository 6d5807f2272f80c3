// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why a template was not accepted or not rendered.
public enum TemplateError implements ErrorCode {
  /// The text of a template is not in the language.
  TEMPLATE_SYNTAX,
  /// A parameter is missing, or its value does not have the declared type.
  TEMPLATE_ARGUMENT,
  /// An expression of a template has no value.
  TEMPLATE_EVALUATION,
  /// A template asked for the failure with `error()` or `custom_error()`.
  TEMPLATE_RAISED,
  /// A template loops more often, or makes more text, than it may.
  TEMPLATE_LIMIT;

  @Override
  public ErrorKind kind() {
    return ErrorKind.INVALID;
  }
}
