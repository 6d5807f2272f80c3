// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the deduplication logs of all tables agree with their parts, before ClickHouse reads them.
/* Why.
 *
 * A MergeTree table that is not replicated writes "block X became part P" into its log and only then
 * moves part P to its place. A process that is killed between the two leaves a log that claims a
 * block nobody has, and the repeated insert of that block would be left out: its rows would be lost.
 * So every claim whose part is not there, nor a part that has swallowed it, is withdrawn. A claim for
 * rows that were deleted since is withdrawn too, which is harmless: only the insert that was in
 * flight is ever repeated.
 *
 * A log is text, one record a line: operation (1 add, 2 drop), part, block, with tabs between. What
 * follows the last whole record, the trace of a crash in the middle of a write, is cut off; ClickHouse
 * would append to it.
 */
final class DeduplicationLogs {
  private static final String DIRECTORY = "deduplication_logs";
  private static final String ADD = "1";
  private static final String DROP = "2";

  private DeduplicationLogs() {}

  /// Repairs the logs of every table below ClickHouse's data directory; answers how many claims
  /// were withdrawn. ClickHouse must not be running.
  static int repair(Path data) throws IOException {
    int withdrawn = 0;
    for (Path prefix : children(data.resolve("store"))) {
      for (Path table : children(prefix)) {
        Path logs = table.resolve(DIRECTORY);
        if (Files.isDirectory(logs)) {
          withdrawn += repairTable(table, logs);
        }
      }
    }
    return withdrawn;
  }

  private static int repairTable(Path table, Path logs) throws IOException {
    TreeMap<Long, Path> files = new TreeMap<>();
    for (Path log : children(logs)) {
      String name = log.getFileName().toString();
      if (name.matches("deduplication_log_\\d+\\.txt")) {
        files.put(Long.valueOf(name.replaceAll("\\D", "")), log);
      }
    }
    Map<String, String> parts = new LinkedHashMap<>();
    for (Path log : files.values()) {
      for (Entry entry : readWhole(log)) {
        if (entry.operation().equals(ADD)) {
          parts.put(entry.block(), entry.part());
        } else {
          parts.remove(entry.block());
        }
      }
    }
    if (parts.isEmpty()) {
      return 0;
    }
    List<Part> present = new ArrayList<>();
    for (Path child : children(table)) {
      Part part = Part.parse(child.getFileName().toString());
      if (part != null) {
        present.add(part);
      }
    }
    StringBuilder drops = new StringBuilder();
    int withdrawn = 0;
    for (Map.Entry<String, String> claim : parts.entrySet()) {
      Part claimed = Part.parse(claim.getValue());
      if (claimed != null && present.stream().noneMatch(part -> part.covers(claimed))) {
        drops.append(String.join("\t", DROP, claim.getValue(), claim.getKey())).append('\n');
        withdrawn++;
      }
    }
    append(files.lastEntry().getValue(), drops);
    return withdrawn;
  }

  private record Entry(String operation, String part, String block) {}

  /// The records of a log; what follows the last whole one is cut off.
  private static List<Entry> readWhole(Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    List<Entry> entries = new ArrayList<>();
    int start = 0;
    for (int end = 0; end < bytes.length; end++) {
      if (bytes[end] != '\n') {
        continue;
      }
      String[] fields =
          new String(bytes, start, end - start, StandardCharsets.UTF_8).split("\t", -1);
      if (fields.length != 3 || !(fields[0].equals(ADD) || fields[0].equals(DROP))) {
        break;
      }
      entries.add(new Entry(fields[0], fields[1], fields[2]));
      start = end + 1;
    }
    if (start < bytes.length) {
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        FileChannel unused = channel.truncate(start);
        channel.force(true);
      }
    }
    return entries;
  }

  private static void append(Path log, StringBuilder lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel =
        FileChannel.open(log, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      while (bytes.hasRemaining()) {
        int unused = channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
        stream.forEach(children::add);
      }
    }
    return children;
  }

  /// A part by its name: `partition_firstBlock_lastBlock_level`, then perhaps `_mutation`.
  private record Part(String partition, long firstBlock, long lastBlock) {
    static @Nullable Part parse(String name) {
      String[] fields = name.split("_");
      if (fields.length < 4 || fields.length > 5) {
        return null;
      }
      try {
        return new Part(fields[0], Long.parseLong(fields[1]), Long.parseLong(fields[2]));
      } catch (NumberFormatException _) {
        // A directory of another kind, such as `tmp_insert_all_1_1_0`.
        return null;
      }
    }

    boolean covers(Part other) {
      return partition.equals(other.partition)
          && firstBlock <= other.firstBlock
          && lastBlock >= other.lastBlock;
    }
  }
}
