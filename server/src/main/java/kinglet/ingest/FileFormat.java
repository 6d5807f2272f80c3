// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How the rows of a file are written.
public enum FileFormat {
  CSV(List.of("csv")),
  NDJSON(List.of("ndjson", "jsonl", "json")),
  PARQUET(List.of("parquet"));

  /// The first bytes of a Parquet file.
  private static final byte[] PARQUET_MAGIC = {'P', 'A', 'R', '1'};

  private final List<String> names;

  FileFormat(List<String> names) {
    this.names = names;
  }

  public static Optional<FileFormat> find(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    for (FileFormat format : values()) {
      if (format.names.contains(wanted)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /// By the end of a file's name, that of a compression left out.
  public static Optional<FileFormat> ofFileName(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|gzip|zst|zstd)$", "");
    return find(plain.substring(plain.lastIndexOf('.') + 1));
  }

  /// By its first bytes: anything that is neither Parquet nor an object is CSV.
  public static FileFormat sniff(byte[] head) {
    if (head.length >= PARQUET_MAGIC.length
        && head[0] == PARQUET_MAGIC[0]
        && head[1] == PARQUET_MAGIC[1]
        && head[2] == PARQUET_MAGIC[2]
        && head[3] == PARQUET_MAGIC[3]) {
      return PARQUET;
    }
    for (byte next : head) {
      if (!Character.isWhitespace(next)
          && next != (byte) 0xEF
          && next != (byte) 0xBB
          && next != (byte) 0xBF) {
        return next == '{' ? NDJSON : CSV;
      }
    }
    return CSV;
  }
}
