// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import kinglet.expression.Row;
import kinglet.value.Slot;

/// Rows of a data source in the order of their sequence numbers; before the first [#next] there is
/// none.
public interface EventRows extends Row {
  /// No row.
  EventRows NONE =
      new EventRows() {
        @Override
        public boolean next() {
          return false;
        }

        @Override
        public long seq() {
          return 0;
        }

        @Override
        public long ingestedMicros() {
          return 0;
        }

        @Override
        public void get(int column, Slot into) {
          throw new IllegalStateException("there is no row");
        }
      };

  /// Goes to the next row; `false` after the last.
  boolean next();

  /// The sequence number of the row.
  long seq();

  /// When the row was accepted.
  long ingestedMicros();
}
