// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why a configuration was refused.
public enum ConfigError implements ErrorCode {
  /// The file or an override is not what the configuration page says.
  INVALID_CONFIGURATION;

  @Override
  public ErrorKind kind() {
    return ErrorKind.INVALID;
  }
}
