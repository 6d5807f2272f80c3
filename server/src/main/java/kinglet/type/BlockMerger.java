// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes few large blocks of many journal payloads of one schema, without copying their bytes.
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
    private final List<List<ByteRun>> streams = new ArrayList<>();
    private final List<RowRun> runs = new ArrayList<>();
    private int rows;

    Group(int streamCount) {
      for (int i = 0; i < streamCount; i++) {
        streams.add(new ArrayList<>());
      }
    }

    void add(Block block, RowRun run) {
      for (int i = 0; i < streams.size(); i++) {
        streams.get(i).addAll(block.streams().get(i));
      }
      runs.add(run);
      rows = Math.addExact(rows, run.rows());
    }

    MergedBlock merged(Schema schema, BitSet omitted) {
      List<List<ByteRun>> copies = streams.stream().map(List::copyOf).toList();
      return new MergedBlock(new Block(schema, rows, omitted, copies), runs);
    }
  }
}
