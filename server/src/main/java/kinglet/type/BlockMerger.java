// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes few large blocks of many journal payloads of one schema. Long runs are taken as they are;
/// short ones are copied together, for each would take more memory than its bytes.
///
/// Blocks that omit different columns cannot share an insert, so there is one merged block for each
/// set of omitted columns, in the order in which the sets first appeared: the same payloads always
/// give the same blocks. Not thread-safe.
public final class BlockMerger {
  private final Schema schema;
  private final Map<BitSet, Group> groups = new LinkedHashMap<>();
  private long rows;
  private long sizeBytes;

  public BlockMerger(Schema schema) {
    this.schema = schema;
  }

  /// Adds the block that `payload` holds; its rows got consecutive numbers from `firstSeq` on.
  public void add(byte[] payload, long firstSeq, long ingestedMicros) {
    add(BlockCodec.decode(schema, payload), firstSeq, ingestedMicros);
  }

  public void add(Block block, long firstSeq, long ingestedMicros) {
    if (block.rows() == 0) {
      return;
    }
    Group group = groups.computeIfAbsent(block.omitted(), _ -> new Group(block.streams().size()));
    group.add(block, new RowRun(firstSeq, ingestedMicros, block.rows()));
    rows += block.rows();
    sizeBytes += block.sizeBytes();
  }

  public long rows() {
    return rows;
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  public List<MergedBlock> merged() {
    List<MergedBlock> merged = new ArrayList<>(groups.size());
    groups.forEach((omitted, group) -> merged.add(group.merged(schema, omitted)));
    return merged;
  }

  private static final class Group {
    private final List<MergedStream> streams = new ArrayList<>();
    private final List<RowRun> runs = new ArrayList<>();
    private int rows;

    Group(int streamCount) {
      for (int i = 0; i < streamCount; i++) {
        streams.add(new MergedStream());
      }
    }

    void add(Block block, RowRun run) {
      for (int i = 0; i < streams.size(); i++) {
        block.streams().get(i).forEach(streams.get(i)::add);
      }
      runs.add(run);
      rows = Math.addExact(rows, run.rows());
    }

    MergedBlock merged(Schema schema, BitSet omitted) {
      List<List<ByteRun>> merged = streams.stream().map(MergedStream::runs).toList();
      return new MergedBlock(new Block(schema, rows, omitted, merged), runs);
    }
  }

  /// One stream of a merged block. A run is copied whole, so no value lies across two.
  private static final class MergedStream {
    private static final int SHORT_BYTES_MAX = 1 << 10;
    private static final int CHUNK_BYTES_MAX = 1 << 16;

    private final List<ByteRun> runs = new ArrayList<>();

    /// Takes short runs; what lies before `start` is in a run already.
    private byte[] chunk = new byte[0];

    private int start;
    private int end;

    void add(ByteRun run) {
      if (run.length() > SHORT_BYTES_MAX) {
        seal();
        runs.add(run);
        return;
      }
      if (run.length() > chunk.length - end) {
        seal();
        chunk = new byte[Math.clamp(chunk.length * 4L, SHORT_BYTES_MAX, CHUNK_BYTES_MAX)];
        start = 0;
        end = 0;
      }
      System.arraycopy(run.array(), run.offset(), chunk, end, run.length());
      end += run.length();
    }

    List<ByteRun> runs() {
      seal();
      return List.copyOf(runs);
    }

    private void seal() {
      if (end > start) {
        runs.add(new ByteRun(chunk, start, end - start));
        start = end;
      }
    }
  }
}
