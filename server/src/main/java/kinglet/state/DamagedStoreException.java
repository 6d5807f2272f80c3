// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// What a store has is not what was written to it.
final class DamagedStoreException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  DamagedStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
