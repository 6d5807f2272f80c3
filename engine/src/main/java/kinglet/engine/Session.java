// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// One connection of libchdb. Owned by one platform thread: calls block for as long as the
/// statement runs.
@SuppressWarnings("restricted")
final class Session implements AutoCloseable {
  private static final int APPEND_BYTES = 1 << 20;

  private final NativeLibrary library;

  /// What `chdb_connect` answered: a pointer to the connection.
  private final MemorySegment holder;

  private final MemorySegment connection;

  private Session(NativeLibrary library, MemorySegment holder) {
    this.library = library;
    this.holder = holder;
    this.connection = holder.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
  }

  /// Opens a connection; the first one of the process starts the engine.
  static Session open(NativeLibrary library, List<String> arguments) {
    return SignalGuard.keeping(() -> {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment list = arena.allocate(ADDRESS, arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
          list.setAtIndex(ADDRESS, i, arena.allocateFrom(arguments.get(i)));
        }
        MemorySegment holder = (MemorySegment) library.connect.invokeExact(arguments.size(), list);
        if (holder.equals(MemorySegment.NULL)) {
          throw new IllegalStateException(
              "libchdb opened no connection with "
                  + arguments
                  + "; its own output says why (a second process on the same directory?)");
        }
        return new Session(library, holder);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw NativeLibrary.broken(e);
      }
    });
  }

  /// What a statement answered: the bytes in memory, and the counts.
  record Result(byte[] bytes, Counts counts) {}

  /// What the parser says of a text.
  record Analysis(int statements, int kind) {
    static final int READ_ONLY = 0;

    /// Statements that change the session, such as SET and USE, or write outside the engine.
    static final int CONTROL = 3;

    /// Text that does not parse, or that this version does not classify.
    static final int UNKNOWN = 4;

    boolean mayChangeSession() {
      return kind >= CONTROL;
    }

    boolean isUnknown() {
      return kind == UNKNOWN;
    }

    boolean isOneRead() {
      return statements == 1 && kind == READ_ONLY;
    }
  }

  /// Runs a statement to its end with its whole answer in memory.
  Result run(String sql, String format, Map<String, String> parameters) {
    try (Arena arena = Arena.ofConfined()) {
      Bound bound = new Bound(arena, sql, format, parameters);
      MemorySegment result =
          (MemorySegment)
              library.queryWithParameters.invokeExact(
                  connection,
                  bound.sql,
                  bound.sql.byteSize(),
                  bound.format,
                  bound.format.byteSize(),
                  bound.names,
                  bound.nameSizes,
                  bound.values,
                  bound.valueSizes,
                  bound.count);
      return consume(result);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// Inserts what the stream holds; `sql` names no format. Nothing is committed if reading fails.
  Counts insert(
      String sql,
      String format,
      Map<String, String> parameters,
      InputStream data,
      BooleanSupplier cancelled)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Bound bound = new Bound(arena, sql, format, parameters);
      MemorySegment stream =
          (MemorySegment)
              library.streamInsert.invokeExact(
                  connection,
                  bound.sql,
                  bound.sql.byteSize(),
                  bound.format,
                  bound.format.byteSize(),
                  bound.names,
                  bound.nameSizes,
                  bound.values,
                  bound.valueSizes,
                  bound.count);
      try {
        checkInsert(stream);
        append(arena, stream, data, cancelled);
        return consume((MemorySegment) library.streamDone.invokeExact(stream)).counts();
      } finally {
        library.destroyInsertStream.invokeExact(stream);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  private void append(
      Arena arena, MemorySegment stream, InputStream data, BooleanSupplier cancelled)
      throws Throwable {
    byte[] chunk = new byte[APPEND_BYTES];
    MemorySegment segment = arena.allocate(APPEND_BYTES);
    boolean complete = false;
    try {
      for (int size = data.readNBytes(chunk, 0, chunk.length);
          size > 0;
          size = data.readNBytes(chunk, 0, chunk.length)) {
        if (cancelled.getAsBoolean()) {
          throw EngineFailure.cancelled();
        }
        MemorySegment.copy(chunk, 0, segment, JAVA_BYTE, 0, size);
        if ((int) library.streamAppend.invokeExact(stream, segment, (long) size) != 0) {
          checkInsert(stream);
          throw EngineFailure.reported("the insert ended before its data");
        }
      }
      complete = true;
    } finally {
      if (!complete) {
        library.streamCancelInsert.invokeExact(stream);
      }
    }
  }

  private void checkInsert(MemorySegment stream) throws Throwable {
    String error =
        NativeLibrary.errorText((MemorySegment) library.streamInsertError.invokeExact(stream));
    if (!error.isEmpty()) {
      throw EngineFailure.reported(error);
    }
  }

  /// Lets ClickHouse's parser say what a text would do; nothing runs.
  Analysis analyze(String sql) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = bytes(arena, sql);
      MemorySegment report = arena.allocate(NativeLibrary.ANALYSIS);
      report.setAtIndex(JAVA_INT, 0, (int) report.byteSize());
      int state =
          (int)
              library.classify.invokeExact(
                  connection, text, text.byteSize(), MemorySegment.NULL, 0L, report);
      if (state != 0) {
        throw new IllegalStateException("libchdb refused to analyse a statement");
      }
      return new Analysis(report.getAtIndex(JAVA_INT, 1), report.getAtIndex(JAVA_INT, 3));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  private Result consume(MemorySegment result) throws Throwable {
    if (result.equals(MemorySegment.NULL)) {
      throw EngineFailure.reported("the library answered nothing");
    }
    try {
      String error =
          NativeLibrary.errorText((MemorySegment) library.resultError.invokeExact(result));
      if (!error.isEmpty()) {
        throw EngineFailure.reported(error);
      }
      long size = (long) library.resultLength.invokeExact(result);
      if (size > Integer.MAX_VALUE - 64) {
        throw EngineFailure.of(396, "TOO_MANY_ROWS_OR_BYTES", "The answer exceeds 2 GiB.");
      }
      byte[] bytes = new byte[(int) size];
      if (size > 0) {
        MemorySegment buffer = (MemorySegment) library.resultBuffer.invokeExact(result);
        MemorySegment.copy(buffer.reinterpret(size), JAVA_BYTE, 0, bytes, 0, bytes.length);
      }
      return new Result(
          bytes,
          new Counts(
              (long) library.storageRowsRead.invokeExact(result),
              (long) library.storageBytesRead.invokeExact(result),
              (long) library.rowsWritten.invokeExact(result),
              (long) library.bytesWritten.invokeExact(result),
              (long) library.resultRows.invokeExact(result),
              (long) library.resultBytes.invokeExact(result),
              (long) ((double) library.resultElapsed.invokeExact(result) * 1e9)));
    } finally {
      library.destroyResult.invokeExact(result);
    }
  }

  @Override
  public void close() {
    try {
      library.closeConnection.invokeExact(holder);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  private static MemorySegment bytes(Arena arena, String text) {
    return arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
  }

  /// The arguments of one call, laid out in native memory.
  private static final class Bound {
    final MemorySegment sql;
    final MemorySegment format;
    final MemorySegment names;
    final MemorySegment nameSizes;
    final MemorySegment values;
    final MemorySegment valueSizes;
    final long count;

    Bound(Arena arena, String sql, String format, Map<String, String> parameters) {
      this.sql = bytes(arena, sql);
      this.format = bytes(arena, format);
      int size = parameters.size();
      count = size;
      names = size == 0 ? MemorySegment.NULL : arena.allocate(ADDRESS, size);
      nameSizes = size == 0 ? MemorySegment.NULL : arena.allocate(JAVA_LONG, size);
      values = size == 0 ? MemorySegment.NULL : arena.allocate(ADDRESS, size);
      valueSizes = size == 0 ? MemorySegment.NULL : arena.allocate(JAVA_LONG, size);
      int index = 0;
      for (Map.Entry<String, String> parameter : parameters.entrySet()) {
        MemorySegment name = bytes(arena, parameter.getKey());
        MemorySegment value = bytes(arena, parameter.getValue());
        names.setAtIndex(ADDRESS, index, name);
        nameSizes.setAtIndex(JAVA_LONG, index, name.byteSize());
        values.setAtIndex(ADDRESS, index, value);
        valueSizes.setAtIndex(JAVA_LONG, index, value.byteSize());
        index++;
      }
    }
  }
}
