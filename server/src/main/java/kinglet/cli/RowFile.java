// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;

/// A file of rows on this machine, or at a URL for the server to fetch.
record RowFile(String place) {
  private static final int SAMPLE_BYTES = 8 << 20;
  private static final Pattern FORMAT =
      Pattern.compile(".*\\.(csv|ndjson|jsonl|json|parquet)(\\.(gz|gzip|zst|zstd))?");

  boolean isUrl() {
    return place.startsWith("http://") || place.startsWith("https://");
  }

  /// The parameters that say what it is, each after an `&`.
  String parameters() {
    String url = isUrl() ? "&url=" + ApiClient.encode(place) : "";
    Matcher name = FORMAT.matcher(place.toLowerCase(Locale.ROOT));
    return url + (name.matches() ? "&format=" + format(name.group(1)) : "");
  }

  private static String format(String extension) {
    return extension.startsWith("json") ? "ndjson" : extension;
  }

  BodyPublisher body() {
    try {
      return isUrl() ? BodyPublishers.noBody() : BodyPublishers.ofFile(Path.of(place));
    } catch (FileNotFoundException e) {
      throw missing(e);
    }
  }

  /// The beginning where that is enough to guess its columns, otherwise all of it.
  BodyPublisher sample() {
    Matcher name = FORMAT.matcher(place.toLowerCase(Locale.ROOT));
    boolean beginning = name.matches() && name.group(2) == null && !name.group(1).equals("parquet");
    if (isUrl() || !beginning) {
      return body();
    }
    try (InputStream file = Files.newInputStream(Path.of(place))) {
      return BodyPublishers.ofByteArray(file.readNBytes(SAMPLE_BYTES));
    } catch (IOException e) {
      throw missing(e);
    }
  }

  private PlatformException missing(IOException cause) {
    return new PlatformException(CliError.INVALID_ARGUMENT, "there is no file " + place, cause);
  }
}
