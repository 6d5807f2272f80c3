// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

/// What a template is rendered for.
public enum RenderMode {
  /// To run it: parameters without value and default fail.
  RENDER,
  /// To check it without a call: parameters have placeholder values, loops run three times and
  /// `error()` says nothing.
  CHECK
}
