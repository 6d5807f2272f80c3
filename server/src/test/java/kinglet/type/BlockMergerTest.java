// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;

final class BlockMergerTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.of("id", "UInt16"),
          Column.of("tags", "Array(String)"),
          Column.of("state", "AggregateFunction(sum, UInt64)"),
          Column.of("note", "Nullable(String)"));

  private static final long SEED = Long.getLong("test.seed", 20_26L);

  @Test
  void payloadHasTheWrittenForm() {
    Block block = block(List.of("7", "8"), new BitSet());
    assertThat(HexFormat.of().formatHex(BlockCodec.encode(block)))
        .isEqualTo(
            "01"
                + "02"
                + "0102"
                + "05"
                + "0402040204"
                + "07000800"
                + "0101"
                + "01370138"
                + "0000"
                + "01370138");
  }

  @Test
  void mergingIsConcatenatingStreams() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    for (int round = 0; round < 200; round++) {
      BlockMerger merger = new BlockMerger(SCHEMA);
      BitSet noNote = new BitSet();
      noNote.set(3);
      List<String> whole = new ArrayList<>();
      List<String> partly = new ArrayList<>();
      long seq = 1;
      for (int i = random.nextInt(6); i >= 0; i--) {
        List<String> ids = new ArrayList<>();
        for (int row = random.nextInt(4); row >= 0; row--) {
          ids.add(String.valueOf(random.nextInt(1000)));
        }
        boolean partial = random.nextBoolean();
        (partial ? partly : whole).addAll(ids);
        Block block = block(ids, partial ? noNote : new BitSet());
        merger.add(BlockCodec.encode(block), seq, seq * 10);
        seq += ids.size();
      }
      assertThat(merger.rows()).isEqualTo(whole.size() + partly.size());
      for (MergedBlock merged : merger.merged()) {
        boolean partial = merged.block().omitted().get(3);
        Block expected = block(partial ? partly : whole, partial ? noNote : new BitSet());
        assertThat(BlockCodec.encode(merged.block()))
            .as("seed %d round %d", SEED, round)
            .isEqualTo(BlockCodec.encode(expected));
      }
    }
  }

  @Test
  void manySmallBlocksBecomeFewRuns() {
    BlockMerger merger = new BlockMerger(SCHEMA);
    for (int row = 0; row < 10_000; row++) {
      merger.add(block(List.of("7"), new BitSet()), row + 1L, 0);
    }
    Block merged = merger.merged().getFirst().block();
    assertThat(merged.rows()).isEqualTo(10_000);
    assertThat(merged.streams()).allSatisfy(stream -> assertThat(stream).hasSizeLessThan(50));
  }

  @Test
  void longRunsStandBetweenShortOnesInOrder() {
    BlockMerger merger = new BlockMerger(SCHEMA);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<String> ids = Collections.nCopies(i % 3 == 0 ? 2_000 : 2, String.valueOf(i));
      merger.add(block(ids, new BitSet()), all.size() + 1L, 0);
      all.addAll(ids);
    }
    assertThat(BlockCodec.encode(merger.merged().getFirst().block()))
        .isEqualTo(BlockCodec.encode(block(all, new BitSet())));
  }

  @Test
  void everyDamagedLengthIsFound() {
    byte[] payload = BlockCodec.encode(block(List.of("7", "8"), new BitSet()));
    for (int length = 0; length < payload.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(payload, length);
      assertThatThrownBy(() -> BlockCodec.decode(SCHEMA, cut))
          .isInstanceOf(PlatformException.class);
    }
    byte[] longer = java.util.Arrays.copyOf(payload, payload.length + 1);
    assertThatThrownBy(() -> BlockCodec.decode(SCHEMA, longer))
        .isInstanceOf(PlatformException.class);
  }

  private static Block block(List<String> ids, BitSet omitted) {
    Bytes id = new Bytes(8);
    Bytes sizes = new Bytes(8);
    Bytes tags = new Bytes(8);
    Bytes nulls = new Bytes(8);
    for (String text : ids) {
      id.putShort(Integer.parseInt(text));
      sizes.putVarint(1);
      byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      tags.putString(bytes, 0, bytes.length);
      nulls.putByte(0);
    }
    List<List<ByteRun>> streams = new ArrayList<>();
    for (Bytes bytes :
        omitted.get(3) ? List.of(id, sizes, tags) : List.of(id, sizes, tags, nulls, tags)) {
      streams.add(List.of(new ByteRun(bytes.toArray(), 0, bytes.size())));
    }
    return new Block(SCHEMA, ids.size(), omitted, streams);
  }
}
