// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.OptionalLong;
import kinglet.state.ReadStatus;
import kinglet.value.ListValue;
import kinglet.value.Slot;

/// A row that was not read in time. Belongs to one thread.
final class UnreadRow implements BatchRow {
  private final List<ListValue> keys;
  private final int row;
  private final Slot key = new Slot();
  private final Slot nothing = new Slot();

  UnreadRow(List<ListValue> keys, int row) {
    this.keys = keys;
    this.row = row;
  }

  @Override
  public Slot key(int column) {
    keys.get(column).get(row, key);
    return key;
  }

  @Override
  public Slot value(int feature) {
    return nothing;
  }

  @Override
  public ReadStatus status(int feature) {
    return ReadStatus.NOT_FOUND;
  }

  @Override
  public OptionalLong newestMicros() {
    return OptionalLong.empty();
  }

  @Override
  public ValueStatus valueStatus(int feature) {
    return ValueStatus.TIMEOUT;
  }
}
