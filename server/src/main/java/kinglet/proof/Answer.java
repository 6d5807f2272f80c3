// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a read gave.
///
/// @param status that of the key, or `REFUSED` for a time before what is kept
record Answer(String status, List<@Nullable Object> values) {
  static final String REFUSED = "REFUSED";
}
