// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import kinglet.type.Bytes;

/// The keys of the store: a kind, the view's name behind its length, and what it is of.
final class StateKey {
  private static final byte ENTITY = 'e';
  private static final byte POSITION = 'p';
  private static final byte DELETED = 'd';
  private static final byte REACH = 'r';
  private static final byte FORMAT = 'v';

  private static final int NAME_BYTES_MAX = 255;

  private final byte[] name;

  StateKey(String view) {
    this.name = view.getBytes(StandardCharsets.UTF_8);
    if (name.length > NAME_BYTES_MAX) {
      throw new IllegalArgumentException("the name of a view has " + name.length + " bytes");
    }
  }

  /// Where an entity is in a key.
  ///
  /// @param node the number of a node, or 0
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Place(byte[] key, long node) {}

  /// An entity's key with its length, so that no other begins with it but those of its nodes.
  byte[] entity(byte[] key, int offset, int length) {
    Bytes whole = new Bytes(name.length + length + 8);
    byte[] prefix = prefix(ENTITY);
    whole.put(prefix, 0, prefix.length);
    whole.putString(key, offset, length);
    return whole.toArray();
  }

  byte[] entity(byte[] key) {
    return entity(key, 0, key.length);
  }

  /// A node of an entity, behind the entity in the order of keys.
  byte[] node(byte[] key, long number) {
    byte[] entity = entity(key);
    return ByteBuffer.allocate(entity.length + Long.BYTES).put(entity).putLong(number).array();
  }

  /// What a key of [#entity] or [#node] is of.
  Place place(byte[] whole) {
    StateCursor from = new StateCursor(whole);
    from.skip(name.length + 2);
    byte[] key = from.readBytes();
    return new Place(
        key, from.at() == whole.length ? 0 : ByteBuffer.wrap(whole).getLong(from.at()));
  }

  byte[] entities() {
    return prefix(ENTITY);
  }

  /// Until where the store has the view, shard by shard.
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

  /// From when on it is known that keys which are not there had no events.
  byte[] reach() {
    return prefix(REACH);
  }

  /// What [#reach] of all views begins with.
  static byte[] reaches() {
    return new byte[] {REACH};
  }

  /// What [#deleted] of all views begins with.
  static byte[] allDeletions() {
    return new byte[] {DELETED};
  }

  /// The version of everything in the store.
  static byte[] format() {
    return new byte[] {FORMAT};
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

  /// The entity's key of a key of [#deleted].
  byte[] deletedKey(byte[] whole) {
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
