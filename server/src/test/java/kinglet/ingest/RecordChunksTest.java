// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import kinglet.error.PlatformException;
import kinglet.ingest.decode.CsvDialect;
import org.junit.jupiter.api.Test;

final class RecordChunksTest {
  private static List<String> chunks(String text, int chunkBytes, boolean quotes)
      throws IOException {
    RecordChunks chunks =
        new RecordChunks(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            chunkBytes,
            quotes ? Optional.of(CsvDialect.STANDARD) : Optional.empty());
    List<String> found = new ArrayList<>();
    byte[] chunk = chunks.next(1_000);
    while (chunk.length > 0) {
      found.add(new String(chunk, StandardCharsets.UTF_8));
      chunk = chunks.next(1_000);
    }
    return found;
  }

  @Test
  void piecesEndWhereRowsEnd() throws IOException {
    assertThat(chunks("ab\ncd\nef", 7, false)).containsExactly("ab\ncd\n", "ef");
    assertThat(chunks("", 7, false)).isEmpty();
    assertThat(chunks("abcdefghij\nk\n", 3, false)).containsExactly("abcdefghij\n", "k\n");
  }

  @Test
  void aLineEndInsideQuotesEndsNoRow() throws IOException {
    assertThat(chunks("1,\"a\nb\"\n2,c\n", 8, true)).containsExactly("1,\"a\nb\"\n", "2,c\n");
  }

  @Test
  void aQuoteInsideAValueIsACharacter() throws IOException {
    assertThat(chunks("5\" disk\n2\n3", 10, true)).containsExactly("5\" disk\n2\n", "3");
    assertThat(chunks("\"a\"\"\nb\"\n2\n3", 11, true)).containsExactly("\"a\"\"\nb\"\n2\n", "3");
  }

  @Test
  void aRowWithoutEndIsRefused() {
    assertThatThrownBy(() -> chunks("x".repeat(5_000), 16, false))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("a row has more than 1000 bytes");
  }

  @Test
  void nothingIsLostWhateverTheSizes() throws IOException {
    long seed = Long.getLong("test.seed", 11L);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int row = random.nextInt(30); row > 0; row--) {
        text.append("x".repeat(random.nextInt(20))).append(random.nextBoolean() ? "\n" : "y\n");
      }
      List<String> chunks = chunks(text.toString(), 1 + random.nextInt(40), false);
      assertThat(String.join("", chunks))
          .as("seed %d round %d", seed, round)
          .isEqualTo(text.toString());
      assertThat(chunks).allMatch(chunk -> chunk.endsWith("\n"));
    }
  }
}
