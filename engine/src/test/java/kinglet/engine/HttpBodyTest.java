// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HttpBodyTest {
  @Test
  void aSizedBodyEndsAtItsSize() throws IOException {
    InputStream in = bytes("hello world");
    assertThat(text(HttpBody.sized(in, 5))).isEqualTo("hello");
    assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(" world");
  }

  @Test
  void chunksAreJoinedAndTheRestIsLeft() throws IOException {
    InputStream in = bytes("3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET");
    assertThat(text(HttpBody.chunked(in))).isEqualTo("abc0123456789");
    assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("GET");
  }

  @Test
  void anEarlyEndIsAFailure() {
    assertThatThrownBy(() -> HttpBody.sized(bytes("abc"), 5).readAllBytes())
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> HttpBody.chunked(bytes("5\r\nabc")).readAllBytes())
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> HttpBody.chunked(bytes("")).readAllBytes())
        .isInstanceOf(EOFException.class);
  }

  @Test
  void aSizeThatIsNoNumberIsAFailure() {
    assertThatThrownBy(() -> HttpBody.chunked(bytes("x\r\nabc")).readAllBytes())
        .isInstanceOf(IOException.class);
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
