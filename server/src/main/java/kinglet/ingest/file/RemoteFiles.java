// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;
import org.jspecify.annotations.Nullable;

/// Fetches files over HTTP, from the public network only unless told otherwise.
///
/// Every address of a host is looked at before it is called, after each redirection again; the JVM
/// keeps the answer of the name service for longer than that takes.
public final class RemoteFiles implements AutoCloseable {
  private static final int REDIRECTIONS_MAX = 5;
  private static final int URL_CHARACTERS_MAX = 8_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(1);

  private final boolean privateAddresses;
  private final ExecutorService threads = Threads.virtual("fetch");

  @GuardedBy("this")
  private @Nullable HttpClient client;

  /// @param privateAddresses whether loopback and private networks may be called too
  public RemoteFiles(boolean privateAddresses) {
    this.privateAddresses = privateAddresses;
  }

  /// A file on its way.
  ///
  /// @param name the end of its path
  /// @param length its bytes as announced
  public record Remote(String name, OptionalLong length, InputStream body) {}

  /// Reads an address, or says what is wrong with it.
  public static URI parse(String url) {
    if (url.length() > URL_CHARACTERS_MAX) {
      throw wrong("the URL is longer than " + URL_CHARACTERS_MAX + " characters");
    }
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw new PlatformException(FileError.URL_REFUSED, "the URL cannot be read", e);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw wrong("a URL begins with http:// or https://, not with " + scheme + ":");
    }
    if (uri.getHost() == null) {
      throw wrong("the URL names no host");
    }
    return uri;
  }

  /// The name a file at an address has.
  public static String name(URI uri) {
    String path = uri.getPath() == null ? "" : uri.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// Begins to fetch; the caller closes the body.
  public Remote fetch(URI uri) {
    URI next = uri;
    for (int hop = 0; hop <= REDIRECTIONS_MAX; hop++) {
      check(next);
      HttpResponse<InputStream> answer = send(next);
      int status = answer.statusCode();
      if (status >= 300 && status < 400 && answer.headers().firstValue("location").isPresent()) {
        close(answer.body());
        next = parse(next.resolve(answer.headers().firstValue("location").get()).toString());
      } else if (status != 200) {
        close(answer.body());
        throw new PlatformException(
            FileError.URL_UNREACHABLE, host(next) + " answers " + status + " for the file");
      } else {
        return new Remote(
            name(uri), answer.headers().firstValueAsLong("content-length"), answer.body());
      }
    }
    throw new PlatformException(
        FileError.URL_UNREACHABLE,
        host(uri) + " redirects more than " + REDIRECTIONS_MAX + " times");
  }

  /// Made when first needed: with its keys and certificates it would be a good part of a start.
  private synchronized HttpClient client() {
    HttpClient made = client;
    if (made == null) {
      made =
          HttpClient.newBuilder()
              .connectTimeout(CONNECT_TIMEOUT)
              .followRedirects(HttpClient.Redirect.NEVER)
              .executor(threads)
              .build();
      client = made;
    }
    return made;
  }

  private HttpResponse<InputStream> send(URI uri) {
    try {
      return client()
          .send(
              HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT).GET().build(),
              BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new PlatformException(
          FileError.URL_UNREACHABLE, host(uri) + " does not give the file: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(
          FileError.URL_UNREACHABLE, "interrupted while waiting for " + host(uri), e);
    }
  }

  /// Refuses an address that is not to be called.
  public void check(URI uri) {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(uri.getHost().replaceAll("[\\[\\]]", ""));
    } catch (UnknownHostException e) {
      throw new PlatformException(
          FileError.URL_UNREACHABLE, "there is no host " + uri.getHost(), e);
    }
    for (InetAddress address : addresses) {
      if (!privateAddresses && !isPublic(address)) {
        throw wrong(
            uri.getHost()
                + " is an address of this machine or of a private network; the server calls"
                + " it only with ingest.url-private-addresses = true");
      }
    }
  }

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xFF;
    int second = bytes[1] & 0xFF;
    boolean reserved =
        bytes.length == 4
            ? first == 0
                || first == 100 && (second & 0xC0) == 64
                || first == 192 && second == 0 && bytes[2] == 0
                || first == 198 && (second & 0xFE) == 18
                || first >= 240
            // fc00::/7, and the ways to write IPv4 inside IPv6: 64:ff9b::/32, 2002::/16.
            : (first & 0xFE) == 0xFC
                || first == 0 && second == 0x64
                || first == 0x20 && second == 0x02;
    return !(reserved
        || address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress());
  }

  private static String host(URI uri) {
    return String.valueOf(uri.getHost());
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException _) {
      // Nobody wants what it held.
    }
  }

  private static PlatformException wrong(String message) {
    return new PlatformException(FileError.URL_REFUSED, message);
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
      client.close();
    }
    threads.close();
  }
}
