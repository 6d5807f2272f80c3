// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The hash of a key's bytes, the same in every process: eight bytes at a time by multiplication
/// and rotation, with the finalizer of MurmurHash3. The upper half chooses the shard, the lower
/// half the place in its map.
final class KeyHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final long FIRST = 0x87C37B91114253D5L;
  private static final long SECOND = 0x4CF5AD432745937FL;

  private KeyHash() {}

  static long of(byte[] key, int offset, int length) {
    long hash = SEED ^ length;
    int at = offset;
    int end = offset + length;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = mix(hash, (long) LONG.get(key, at));
    }
    long rest = 0;
    for (int shift = 0; at < end; at++, shift += Byte.SIZE) {
      rest |= (key[at] & 0xFFL) << shift;
    }
    return finish(mix(hash, rest));
  }

  private static long mix(long hash, long part) {
    return Long.rotateLeft(hash ^ Long.rotateLeft(part * FIRST, 31) * SECOND, 27) * 5 + 0x52DCE729;
  }

  private static long finish(long hash) {
    long mixed = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ mixed >>> 33;
  }

  static int shard(long hash, int shards) {
    return (int) ((hash >>> 32) * shards >>> 32);
  }
}
