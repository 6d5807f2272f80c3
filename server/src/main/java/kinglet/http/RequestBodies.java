// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import kinglet.error.PlatformException;

/// Reads bodies into memory under limits, and counts what is held. Thread-safe.
public final class RequestBodies {
  private static final int FIRST_BYTES = 16 * 1024;
  private static final long ARRAY_BYTES_MAX = (1L << 31) - 16;

  private final BodyLimits limits;
  private final AtomicLong inFlightBytes = new AtomicLong();

  public RequestBodies(BodyLimits limits) {
    this.limits = limits;
  }

  public long inFlightBytes() {
    return inFlightBytes.get();
  }

  /// Reads and decompresses the whole body, and holds it while `use` runs.
  <T> T with(Exchange exchange, Function<byte[], T> use) {
    long announced = exchange.contentLength();
    if (announced > limits.bodyBytesMax()) {
      throw tooLarge("the body has " + announced + " bytes", limits.bodyBytesMax());
    }
    Held held = new Held();
    try {
      held.grow(announced < 0 ? FIRST_BYTES : announced);
      return use.apply(read(exchange, announced, held));
    } finally {
      held.release();
    }
  }

  /// The body decompressed on the fly, for readers that hold no more than they need.
  InputStream stream(Exchange exchange) {
    try {
      return decompressed(exchange, exchange.body());
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private byte[] read(Exchange exchange, long announced, Held held) {
    try {
      InputStream sent = new CappedStream(exchange.body(), limits.bodyBytesMax(), "the body");
      InputStream body = decompressed(exchange, sent);
      if (body == sent && announced >= 0) {
        byte[] bytes = body.readNBytes((int) announced);
        if (bytes.length < announced) {
          throw new EOFException("the body ended before its Content-Length");
        }
        return bytes;
      }
      return readAll(
          new CappedStream(body, limits.decodedBytesMax(), "the decompressed body"), held);
    } catch (IOException e) {
      throw broken(e);
    } catch (UncheckedIOException e) {
      throw new ClientGone(e);
    }
  }

  private static byte[] readAll(InputStream in, Held held) throws IOException {
    byte[] bytes = new byte[FIRST_BYTES];
    int filled = 0;
    while (true) {
      int count = in.readNBytes(bytes, filled, bytes.length - filled);
      filled += count;
      if (filled < bytes.length) {
        return Arrays.copyOf(bytes, filled);
      }
      long larger = Math.min(bytes.length * 2L, ARRAY_BYTES_MAX);
      held.grow(larger);
      bytes = Arrays.copyOf(bytes, (int) larger);
    }
  }

  private static InputStream decompressed(Exchange exchange, InputStream sent) throws IOException {
    String encoding =
        exchange.header("content-encoding").orElse("identity").strip().toLowerCase(Locale.ROOT);
    return switch (encoding) {
      case "identity", "" -> sent;
      case "gzip", "x-gzip" -> new GZIPInputStream(sent, FIRST_BYTES);
      case "zstd" -> new ZstdInputStream(sent);
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST,
              "Content-Encoding '" + encoding + "' is not known; send gzip, zstd or none");
    };
  }

  private static PlatformException broken(IOException cause) {
    boolean compressed = cause instanceof ZipException;
    return new PlatformException(
        HttpError.INVALID_REQUEST,
        (compressed ? "the body is not valid gzip: " : "the body can't be read: ")
            + cause.getMessage(),
        cause);
  }

  static PlatformException tooLarge(String what, long bytesMax) {
    return new PlatformException(
        HttpError.BODY_TOO_LARGE,
        what + ", more than the " + bytesMax + " allowed; send it in parts",
        Map.of("bytes_max", Long.toString(bytesMax)),
        null);
  }

  /// What one request holds of the memory for bodies.
  private final class Held {
    private long bytes;

    /// Takes as much more as is needed to hold `wanted` bytes.
    void grow(long wanted) {
      long more = wanted - bytes;
      if (more <= 0) {
        return;
      }
      bytes += more;
      if (inFlightBytes.addAndGet(more) > limits.inFlightBytesMax()) {
        throw new PlatformException(
            HttpError.SERVER_BUSY,
            "the server holds as many request bodies as it may; send again in a second");
      }
    }

    void release() {
      inFlightBytes.addAndGet(-bytes);
    }
  }
}
