// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.Map;
import kinglet.error.PlatformException;

/// The failures of this room, worded as Tinybird's clients know them.
final class TemplateFailures {
  static final String PREFIX = "Template Syntax Error: ";

  private TemplateFailures() {}

  static PlatformException syntax(int line, String message) {
    return new PlatformException(
        TemplateError.TEMPLATE_SYNTAX,
        PREFIX + message,
        Map.of("line", Integer.toString(line)),
        null);
  }

  static PlatformException argument(String message) {
    return new PlatformException(TemplateError.TEMPLATE_ARGUMENT, PREFIX + message);
  }

  static PlatformException evaluation(String message) {
    return new PlatformException(TemplateError.TEMPLATE_EVALUATION, PREFIX + message);
  }

  static PlatformException limit(String message) {
    return new PlatformException(TemplateError.TEMPLATE_LIMIT, PREFIX + message);
  }

  /// What a value is not given that every call must give.
  static PlatformException required(Evaluator evaluator) {
    String names = evaluator.required();
    return argument(
        "Required parameter is not defined. Check the parameters "
            + names
            + ". Please provide a value or set a default value in the pipe code.");
  }
}
