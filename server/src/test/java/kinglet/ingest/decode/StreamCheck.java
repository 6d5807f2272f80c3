// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Column;
import kinglet.type.DataType;

/// Walks a block's streams value by value: each must end exactly where its last row does.
final class StreamCheck {
  private final Block block;
  private int stream;

  private StreamCheck(Block block) {
    this.block = block;
  }

  static void check(Block block) {
    StreamCheck check = new StreamCheck(block);
    for (Column column : block.columns()) {
      check.type(column.type().wire(), block.rows(), column.name());
    }
    if (check.stream != block.streams().size()) {
      throw new AssertionError("streams left over: " + block.streams().size());
    }
  }

  private void type(DataType wire, long rows, String name) {
    switch (wire) {
      case DataType.NullableOf(DataType inner) -> {
        end(name, bytes(), rows);
        type(inner, rows, name);
      }
      case DataType.Array(DataType element) -> type(element, varints(rows, false, name), name);
      case DataType.MapOf(DataType key, DataType value) -> {
        long elements = varints(rows, false, name);
        type(key, elements, name);
        type(value, elements, name);
      }
      case DataType.Tuple(var elements) ->
          elements.forEach(element -> type(element.type(), rows, name));
      default -> {
        if (wire.width() > 0) {
          end(name, bytes(), rows * wire.width());
        } else {
          long unused = varints(rows, true, name);
        }
      }
    }
  }

  private byte[] bytes() {
    List<ByteRun> runs = block.streams().get(stream++);
    ByteRun run = runs.getFirst();
    return java.util.Arrays.copyOfRange(run.array(), run.offset(), run.end());
  }

  /// The sum of `count` varints, each followed by as many bytes if they are lengths of strings.
  private long varints(long count, boolean strings, String name) {
    byte[] bytes = bytes();
    int at = 0;
    long sum = 0;
    for (long i = 0; i < count; i++) {
      long size = 0;
      int shift = 0;
      byte read;
      do {
        read = bytes[at++];
        size |= (long) (read & 0x7F) << shift;
        shift += 7;
      } while (read < 0);
      sum += size;
      at += strings ? (int) size : 0;
    }
    if (at != bytes.length) {
      throw new AssertionError(name + ": " + (bytes.length - at) + " bytes too many");
    }
    return sum;
  }

  private static void end(String name, byte[] bytes, long expected) {
    if (bytes.length != expected) {
      throw new AssertionError(name + ": " + bytes.length + " bytes, not " + expected);
    }
  }
}
