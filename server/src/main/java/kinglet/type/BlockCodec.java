// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// A block as the payload of a journal entry.
///
/// ```
/// version   byte    1
/// rows      varint
/// omitted   varint  how many, then the index of each as a varint
/// streams   varint  how many, then the length of each as a varint
/// bytes             of each stream
/// ```
///
/// The schema is not in the payload: the entry names the data source and the schema's version.
public final class BlockCodec {
  private static final int VERSION = 1;

  private BlockCodec() {}

  public static byte[] encode(Block block) {
    BitSet omitted = block.omitted();
    Bytes out = new Bytes(Math.toIntExact(block.sizeBytes() + 64 + 4L * block.streams().size()));
    out.putByte(VERSION);
    out.putVarint(block.rows());
    out.putVarint(omitted.cardinality());
    for (int i = omitted.nextSetBit(0); i >= 0; i = omitted.nextSetBit(i + 1)) {
      out.putVarint(i);
    }
    out.putVarint(block.streams().size());
    for (List<ByteRun> stream : block.streams()) {
      out.putVarint(stream.stream().mapToLong(ByteRun::length).sum());
    }
    for (List<ByteRun> stream : block.streams()) {
      for (ByteRun run : stream) {
        out.put(run.array(), run.offset(), run.length());
      }
    }
    return out.toArray();
  }

  /// The block whose streams are stretches of `payload`, which nobody may change any more.
  public static Block decode(Schema schema, byte[] payload) {
    try {
      Reader reader = new Reader(payload);
      int version = reader.next();
      if (version != VERSION) {
        throw corrupt("of version " + version + ", which this server does not know", null);
      }
      int rows = reader.count();
      BitSet omitted = new BitSet();
      for (int left = reader.count(); left > 0; left--) {
        omitted.set(reader.count());
      }
      int[] lengths = new int[reader.count()];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = reader.count();
      }
      List<List<ByteRun>> streams = new ArrayList<>(lengths.length);
      for (int length : lengths) {
        streams.add(List.of(reader.run(length)));
      }
      if (reader.position != payload.length) {
        throw corrupt("longer than it says", null);
      }
      return new Block(schema, rows, omitted, streams);
    } catch (IndexOutOfBoundsException | IllegalStateException e) {
      throw corrupt("not consistent: " + e.getMessage(), e);
    }
  }

  /// How many rows a payload holds.
  public static int rows(byte[] payload) {
    try {
      Reader reader = new Reader(payload);
      return reader.next() == VERSION ? reader.count() : 0;
    } catch (IndexOutOfBoundsException | IllegalStateException e) {
      throw corrupt("not consistent: " + e.getMessage(), e);
    }
  }

  private static PlatformException corrupt(String what, @Nullable Exception cause) {
    return new PlatformException(TypeError.CORRUPT_BLOCK, "A stored block is " + what, cause);
  }

  private static final class Reader {
    private final byte[] payload;
    private int position;

    Reader(byte[] payload) {
      this.payload = payload;
    }

    int next() {
      return payload[position++] & 0xFF;
    }

    int count() {
      long value = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        int read = next();
        value |= (long) (read & 0x7F) << shift;
        if (read < 0x80) {
          if (value > Integer.MAX_VALUE) {
            break;
          }
          return (int) value;
        }
      }
      throw new IllegalStateException("a number is too large");
    }

    ByteRun run(int length) {
      ByteRun run = new ByteRun(payload, position, length);
      position += length;
      return run;
    }
  }
}
