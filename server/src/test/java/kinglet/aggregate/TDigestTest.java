// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import kinglet.type.Bytes;
import org.junit.jupiter.api.Test;

final class TDigestTest {
  private static final double[] LEVELS = {0.1, 0.5, 0.99};

  @Test
  void aCopyStaysSmallAndReadableWhateverIsAdded() {
    TDigest digest = new TDigest();
    IntStream.range(0, 70).forEach(digest::add);
    TDigest copy = digest.copy();
    IntStream.range(70, 10_000).forEach(copy::add);
    assertThat(copy.bytes()).isLessThan(6_000);
    Bytes written = new Bytes(64);
    copy.write(written);
    TDigest read = new TDigest();
    read.read(new Input(written.toArray(), 0, written.size()));
    assertThat(read.quantiles(LEVELS)).isEqualTo(copy.quantiles(LEVELS));
  }
}
