// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The keys of the store: a kind, the view's name behind its length, and the entity's key.
final class StateKey {
  private static final byte ENTITY = 'e';
  private static final byte POSITION = 'p';
  private static final byte DELETED = 'd';

  private static final int NAME_BYTES_MAX = 255;

  private final byte[] name;

  StateKey(String view) {
    this.name = view.getBytes(StandardCharsets.UTF_8);
    if (name.length > NAME_BYTES_MAX) {
      throw new IllegalArgumentException("the name of a view has " + name.length + " bytes");
    }
  }

  byte[] entity(byte[] key, int offset, int length) {
    byte[] prefix = prefix(ENTITY);
    byte[] whole = Arrays.copyOf(prefix, prefix.length + length);
    System.arraycopy(key, offset, whole, prefix.length, length);
    return whole;
  }

  byte[] entities() {
    return prefix(ENTITY);
  }

  byte[] position() {
    return prefix(POSITION);
  }

  /// What the positions of all views begin with.
  static byte[] positions() {
    return new byte[] {POSITION};
  }

  /// The name of the view that a key of [#position] is of.
  static String view(byte[] position) {
    return new String(position, 2, position.length - 2, StandardCharsets.UTF_8);
  }

  byte[] deleted(byte[] key) {
    byte[] prefix = prefix(DELETED);
    byte[] whole = Arrays.copyOf(prefix, prefix.length + key.length);
    System.arraycopy(key, 0, whole, prefix.length, key.length);
    return whole;
  }

  byte[] allDeleted() {
    return prefix(DELETED);
  }

  /// The entity's key of a key of [#entity] or [#deleted].
  byte[] entityKey(byte[] whole) {
    return Arrays.copyOfRange(whole, name.length + 2, whole.length);
  }

  private byte[] prefix(byte kind) {
    byte[] prefix = new byte[name.length + 2];
    prefix[0] = kind;
    prefix[1] = (byte) name.length;
    System.arraycopy(name, 0, prefix, 2, name.length);
    return prefix;
  }
}
