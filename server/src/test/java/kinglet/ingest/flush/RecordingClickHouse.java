// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;

/// Remembers inserted rows as ClickHouse does: once for each token, in the table and in the target
/// of its one view. Every column of the tests is `id UInt64`.
final class RecordingClickHouse implements ClickHouse {
  /// The table refuses blocks with such an id.
  static final long REFUSED = 666;

  /// The view refuses blocks with such an id.
  static final long REFUSED_BY_VIEW = 777;

  record Row(long seq, long id) {}

  private static final Pattern QUARANTINE =
      Pattern.compile("INSERT INTO `db`\\.`(\\w+)`.*unhex\\('([0-9a-f]+)'\\)\\)", Pattern.DOTALL);

  private final CrashSwitch crash;
  private final Map<String, List<Row>> tables = new HashMap<>();
  private final Map<String, Set<String>> tokens = new HashMap<>();
  private final List<Integer> blockRows = new ArrayList<>();
  private int failuresLeft;

  RecordingClickHouse(CrashSwitch crash) {
    this.crash = crash;
  }

  synchronized List<Row> rows(String table) {
    return List.copyOf(tables.getOrDefault(table, List.of()));
  }

  synchronized List<Integer> blockRows() {
    return List.copyOf(blockRows);
  }

  /// The next inserts answer that the engine is not there.
  synchronized void failNext(int count) {
    failuresLeft = count;
  }

  @Override
  public synchronized long insert(InsertTarget target, InsertBody body) {
    if (failuresLeft > 0) {
      failuresLeft--;
      throw new PlatformException(ClickHouseError.ENGINE_UNAVAILABLE, "starting");
    }
    List<Row> rows = parse(bytes(body));
    String token = target.settings().get("insert_deduplication_token");
    boolean despiteViews = target.settings().containsKey("materialized_views_ignore_errors");
    if (rows.stream().anyMatch(row -> row.id() == REFUSED)
        && !target.table().endsWith("_quarantine")) {
      throw failed("Constraint `small` is violated", "469");
    }
    boolean viewRefuses = rows.stream().anyMatch(row -> row.id() == REFUSED_BY_VIEW);
    long unused = crash.step(() -> store(target.table(), token, rows));
    if (viewRefuses && !despiteViews) {
      throw failed("Value is wrong: while pushing to view db.view_of_it. (X)", "395");
    }
    if (!viewRefuses) {
      unused = crash.step(() -> store("view of " + target.table(), token, rows));
    }
    return rows.size();
  }

  private static PlatformException failed(String text, String code) {
    return new PlatformException(
        ClickHouseError.QUERY_FAILED, text, Map.of("clickhouse_code", code), null);
  }

  private long store(String table, String token, List<Row> rows) {
    if (tokens.computeIfAbsent(table, _ -> new HashSet<>()).add(token)) {
      tables.computeIfAbsent(table, _ -> new ArrayList<>()).addAll(rows);
      blockRows.add(rows.size());
    }
    return rows.size();
  }

  @Override
  public synchronized void execute(Statement statement) {
    Matcher matcher = QUARANTINE.matcher(statement.sql());
    if (!matcher.find()) {
      throw new IllegalStateException("what is this: " + statement.sql());
    }
    List<Row> rows = parse(HexFormat.of().parseHex(matcher.group(2)));
    String token = statement.settings().get("insert_deduplication_token");
    long unused = crash.step(() -> store(matcher.group(1), token, rows));
  }

  private static byte[] bytes(InsertBody body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ((InsertBody.Written) body).writer().writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static List<Row> parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int columns = varint(in);
    int count = varint(in);
    Map<String, long[]> values = new HashMap<>();
    for (int column = 0; column < columns; column++) {
      String name = string(in);
      String unused = string(in);
      long[] read = new long[count];
      for (int row = 0; row < count; row++) {
        read[row] = in.getLong();
      }
      values.put(name, read);
    }
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      rows.add(new Row(values.get("__seq")[row], values.get("id")[row]));
    }
    return rows;
  }

  private static int varint(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      byte read = in.get();
      value |= (read & 0x7F) << shift;
      if (read >= 0) {
        return value;
      }
    }
  }

  private static String string(ByteBuffer in) {
    byte[] bytes = new byte[varint(in)];
    ByteBuffer unused = in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public Answer query(Statement statement) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String text(Statement statement) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel(String queryId) {}

  @Override
  public boolean ping() {
    return true;
  }
}
