// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class EntryLayoutTest {
  private static final JournalEntry ENTRY =
      new JournalEntry(
          0x0102030405060708L,
          0x0A0B0C0D,
          EntryKind.QUARANTINE,
          258,
          "payload".getBytes(StandardCharsets.UTF_8));

  private static byte[] placed() {
    byte[] value = EntryLayout.encode(ENTRY);
    EntryLayout.place(value, 5, 1_700_000_000_000_000L);
    return value;
  }

  @Test
  void bytesAreGolden() {
    assertThat(HexFormat.of().formatHex(EntryLayout.key(0x1122))).isEqualTo("0000000000001122");
    assertThat(HexFormat.of().formatHex(placed()))
        .isEqualTo(
            "4b01020000000102"
                + "0102030405060708"
                + "0a0b0c0d"
                + "f4e36970"
                + "00060a24181e4000"
                + "9605c755"
                + "7061796c6f6164");
  }

  @Test
  void decodesWhatItEncoded() {
    StoredEntry entry = EntryLayout.decode(5, placed());

    assertThat(entry)
        .usingRecursiveComparison()
        .isEqualTo(
            new StoredEntry(
                5,
                1_700_000_000_000_000L,
                ENTRY.dataSourceId(),
                ENTRY.schemaVersion(),
                ENTRY.kind(),
                ENTRY.rows(),
                ENTRY.payload()));
    assertThat(entry.lastSeq()).isEqualTo(262);
  }

  @Test
  void everyFlippedBitIsDetected() {
    int bits = placed().length * 8;
    for (int bit = 0; bit < bits; bit++) {
      byte[] value = placed();
      value[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> EntryLayout.decode(5, value))
          .as("bit %d", bit)
          .isInstanceOf(CorruptEntryException.class);
    }
  }

  @Test
  void everyShorterValueIsDetected() {
    byte[] value = placed();
    for (int length = 0; length < value.length; length++) {
      byte[] torn = java.util.Arrays.copyOf(value, length);
      assertThatThrownBy(() -> EntryLayout.decode(5, torn))
          .as("%d bytes", length)
          .isInstanceOf(CorruptEntryException.class);
    }
  }

  @Test
  void anEntryUnderAnotherKeyIsDetected() {
    assertThatThrownBy(() -> EntryLayout.decode(6, placed()))
        .isInstanceOf(CorruptEntryException.class)
        .hasMessageContaining("6");
  }
}
