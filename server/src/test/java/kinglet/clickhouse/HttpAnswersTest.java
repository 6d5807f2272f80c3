// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers of HTTP/1.1, read from bytes that arrive in any pieces.
final class HttpAnswersTest {
  private static final int RANDOM_ANSWERS = 2_000;

  private record Read(HttpHead head, String body) {}

  @Test
  void aCountedBodyEndsWhereItSays() throws IOException {
    HttpInput in =
        input("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabcHTTP/1.1 404\r\n\r\n");
    Read first = read(in);
    assertThat(first.body()).isEqualTo("abc");
    assertThat(first.head().header("x-a")).contains("b");
    assertThat(read(in).head().status()).isEqualTo(404);
  }

  @Test
  void chunksAreJoinedAndTrailersPassedOver() throws IOException {
    HttpInput in =
        input(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\n\r\n");
    assertThat(read(in).body()).isEqualTo("abc0123456789");
    assertThat(read(in).head().status()).isEqualTo(204);
    assertThat(in.hasRest()).isFalse();
  }

  @Test
  void aBodyWithoutLengthGoesToTheEnd() throws IOException {
    assertThat(read(input("HTTP/1.1 200 OK\n\nall there is")).body()).isEqualTo("all there is");
  }

  @Test
  void headsOnTheWayArePassedOver() throws IOException {
    String text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    assertThat(read(input(text)).body()).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nContent"
      })
  void anAnswerThatEndsEarlyFails(String text) {
    assertThatThrownBy(() -> read(input(text))).isInstanceOf(EOFException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"
      })
  void whatIsNoAnswerFails(String text) {
    assertThatThrownBy(() -> read(input(text)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(EOFException.class);
  }

  @Test
  void linesAndHeadersHaveLimits() {
    String line = "x".repeat(HttpInput.LINE_BYTES_MAX);
    assertThatThrownBy(() -> read(input("HTTP/1.1 200 OK\r\nX: " + line + "\r\n\r\n")))
        .hasMessageContaining("a line has more than");
    StringBuilder many = new StringBuilder("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 200; i++) {
      many.append("X-").append(i).append(": y\r\n");
    }
    assertThatThrownBy(() -> read(input(many + "\r\n"))).hasMessageContaining("too many");
    assertThatThrownBy(() -> read(input("HTTP/1.1 100 Continue\r\n\r\n".repeat(50))))
        .hasMessageContaining("heads");
  }

  @Test
  void aRandomBodyIsReadAsItWasSent() throws IOException {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int turn = 0; turn < RANDOM_ANSWERS; turn++) {
      byte[] body = new byte[random.nextInt(1 << random.nextInt(1, 16))];
      random.nextBytes(body);
      boolean chunked = random.nextBoolean();
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      sent.writeBytes(
          ascii(
              "HTTP/1.1 200 OK\r\n"
                  + (chunked
                      ? "Transfer-Encoding: chunked\r\n\r\n"
                      : "Content-Length: " + body.length + "\r\n\r\n")));
      if (chunked) {
        for (int at = 0; at < body.length; ) {
          int size = Math.min(body.length - at, 1 + random.nextInt(5_000));
          sent.writeBytes(ascii(Integer.toHexString(size) + "\r\n"));
          sent.write(body, at, size);
          sent.writeBytes(ascii("\r\n"));
          at += size;
        }
        sent.writeBytes(ascii("0\r\n\r\n"));
      } else {
        sent.writeBytes(body);
      }
      HttpInput in = new HttpInput(new Pieces(sent.toByteArray(), random));
      HttpHead head = HttpHead.read(in);
      try (HttpBody read = HttpBody.of(head, in)) {
        assertThat(read.readAllBytes()).as("%s turn %d", seed, turn).isEqualTo(body);
        assertThat(read.ended()).isTrue();
      }
      assertThat(in.hasRest()).isFalse();
    }
  }

  @Test
  void randomBytesEndInAnAnswerOrAFailure() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    String[] parts = {
      "HTTP/1.1 ",
      "200",
      "100",
      " OK",
      "\r\n",
      "\n",
      "Content-Length",
      ": ",
      "5",
      "chunked",
      "Transfer-Encoding",
      "0",
      "\r\n\r\n",
      "a",
      ";",
      "\0",
      "-",
      "ffffffff"
    };
    for (int turn = 0; turn < RANDOM_ANSWERS; turn++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "HTTP/1.1 200 OK\r\n" : "");
      for (int part = random.nextInt(20); part > 0; part--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      try {
        assertThat(read(new HttpInput(new Pieces(ascii(text.toString()), random))).body())
            .as("%s turn %d", seed, turn)
            .hasSizeLessThanOrEqualTo(text.length());
      } catch (IOException e) {
        assertThat(e.getMessage()).as("%s turn %d", seed, turn).isNotBlank();
      }
    }
  }

  private static Read read(HttpInput in) throws IOException {
    HttpHead head = HttpHead.read(in);
    try (HttpBody body = HttpBody.of(head, in)) {
      return new Read(head, new String(body.readAllBytes(), StandardCharsets.ISO_8859_1));
    }
  }

  private static HttpInput input(String text) {
    return new HttpInput(new ByteArrayInputStream(ascii(text)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Bytes as a network gives them: a few at a time.
  private static final class Pieces extends InputStream {
    private final ByteArrayInputStream bytes;
    private final RandomGenerator random;

    Pieces(byte[] bytes, RandomGenerator random) {
      this.bytes = new ByteArrayInputStream(bytes);
      this.random = random;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      return bytes.read(into, offset, Math.min(length, 1 + random.nextInt(3_000)));
    }
  }
}
