// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

/// A template cannot be rendered without the value of a parameter: it decides something, or stands
/// where no name can.
public final class OpenArgument extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String parameter;

  OpenArgument(String parameter) {
    super("the template needs the value of " + parameter, null, false, false);
    this.parameter = parameter;
  }

  public String parameter() {
    return parameter;
  }
}
