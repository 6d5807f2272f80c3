// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;

final class RemoteFilesTest {
  @Test
  void privateAddressesAreRefused() throws UnknownHostException {
    for (String address :
        List.of(
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::")) {
      assertThat(RemoteFiles.isPublic(InetAddress.getByName(address))).as(address).isFalse();
    }
    for (String address : List.of("1.1.1.1", "172.32.0.1", "2606:4700::1111")) {
      assertThat(RemoteFiles.isPublic(InetAddress.getByName(address))).as(address).isTrue();
    }
    try (RemoteFiles files = new RemoteFiles(false)) {
      assertThatThrownBy(() -> files.fetch(URI.create("http://localhost:1/x.csv")))
          .isInstanceOfSatisfying(
              PlatformException.class, e -> assertThat(e.code()).isEqualTo(FileError.URL_REFUSED))
          .hasMessageContaining("ingest.url-private-addresses");
      assertThatThrownBy(() -> files.fetch(URI.create("http://[::1]/x.csv")))
          .hasMessageContaining("private network");
    }
  }

  @Test
  void onlyHttpAddressesAreTaken() {
    for (String url :
        List.of("file:///etc/passwd", "ftp://a/b", "gopher://x", "http:///a", "a b")) {
      assertThatThrownBy(() -> RemoteFiles.parse(url))
          .as(url)
          .isInstanceOf(PlatformException.class);
    }
    assertThat(RemoteFiles.name(RemoteFiles.parse("https://host/a/b.csv.gz?sig=1")))
        .isEqualTo("b.csv.gz");
  }
}
