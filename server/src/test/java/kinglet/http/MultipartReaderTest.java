// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;

final class MultipartReaderTest {
  private static final String TYPE = "multipart/form-data; boundary=XX";

  private static MultipartReader reader(String body) {
    return new MultipartReader(
        TYPE, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void readsNamesFilesAndBodies() throws IOException {
    MultipartReader reader =
        reader(
            "--XX\r\nContent-Disposition: form-data; name=\"data_project://\"; "
                + "filename=\"pipes/é.pipe\"\r\nContent-Type: text/plain\r\n\r\nNODE a\r\n"
                + "\r\n--XX\r\ncontent-disposition: form-data; name=name\r\n\r\n\r\n--X"
                + "\r\n--XX--\r\n");
    MultipartReader.Part file = reader.next().orElseThrow();
    assertThat(file.name()).isEqualTo("data_project://");
    assertThat(file.filename()).contains("pipes/é.pipe");
    assertThat(file.contentType()).isEqualTo("text/plain");
    assertThat(file.body().readAllBytes()).asString().isEqualTo("NODE a\r\n");
    MultipartReader.Part field = reader.next().orElseThrow();
    assertThat(field.name()).isEqualTo("name");
    assertThat(field.filename()).isEmpty();
    assertThat(field.body().readAllBytes()).asString().isEqualTo("\r\n--X");
    assertThat(reader.next()).isEmpty();
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void aPartThatWasNotReadIsSkipped() throws IOException {
    MultipartReader reader =
        reader(
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX\r\n"
                + "Content-Disposition: form-data; name=\"b\"\r\n\r\n2\r\n--XX--");
    assertThat(reader.next().orElseThrow().name()).isEqualTo("a");
    assertThat(reader.next().orElseThrow().name()).isEqualTo("b");
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void brokenBodiesAreRefused() {
    assertThatThrownBy(
            () -> new MultipartReader("text/plain", new ByteArrayInputStream(new byte[0])))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("boundary");
    assertThatThrownBy(() -> reader("nothing").next()).hasMessageContaining("does not start");
    assertThatThrownBy(() ->
            reader("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf")
                .next()
                .orElseThrow()
                .body()
                .readAllBytes())
        .hasMessageContaining("ends inside a part");
  }

  @Test
  void randomPartsComeBackAsTheyWere() throws IOException {
    long seed = Long.getLong("test.seed", 7L);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      List<byte[]> bodies = new ArrayList<>();
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      for (int part = random.nextInt(6); part >= 0; part--) {
        byte[] body = new byte[random.nextInt(300)];
        for (int at = 0; at < body.length; at++) {
          body[at] = (byte) "\r\n-XY".charAt(random.nextInt(5));
        }
        String text = new String(body, StandardCharsets.ISO_8859_1).replace("--XX", "--XY");
        body = text.getBytes(StandardCharsets.ISO_8859_1);
        bodies.add(body);
        sent.writeBytes(
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1));
        sent.writeBytes(body);
        sent.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
      }
      sent.writeBytes("--XX--\r\n".getBytes(StandardCharsets.ISO_8859_1));
      MultipartReader reader =
          new MultipartReader(TYPE, new ByteArrayInputStream(sent.toByteArray()));
      for (byte[] body : bodies) {
        assertThat(reader.next().orElseThrow().body().readAllBytes())
            .as("seed %d, round %d", seed, round)
            .isEqualTo(body);
      }
      assertThat(reader.next()).isEmpty();
    }
  }
}
