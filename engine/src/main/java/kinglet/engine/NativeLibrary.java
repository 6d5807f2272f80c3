// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The functions of libchdb this process calls, bound once.
///
/// Lengths are `size_t` and travel as `long`; handles are opaque addresses. The handles are
/// stateless and safe from any thread; which thread may use which connection is the caller's
/// matter.
@SuppressWarnings("restricted")
final class NativeLibrary {
  private static final long ERROR_TEXT_BYTES_MAX = 1 << 20;

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols;

  final MethodHandle setSignalHandlersEnabled;
  final MethodHandle connect;
  final MethodHandle closeConnection;
  final MethodHandle queryWithParameters;
  final MethodHandle streamInsert;
  final MethodHandle streamAppend;
  final MethodHandle streamDone;
  final MethodHandle streamCancelInsert;
  final MethodHandle streamInsertError;
  final MethodHandle destroyInsertStream;
  final MethodHandle destroyResult;
  final MethodHandle resultBuffer;
  final MethodHandle resultLength;
  final MethodHandle resultElapsed;
  final MethodHandle resultRows;
  final MethodHandle resultBytes;
  final MethodHandle storageRowsRead;
  final MethodHandle storageBytesRead;
  final MethodHandle rowsWritten;
  final MethodHandle bytesWritten;
  final MethodHandle resultError;
  final MethodHandle classify;
  final MethodHandle shutdown;
  final MethodHandle version;

  private NativeLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
    FunctionDescriptor text = FunctionDescriptor.of(ADDRESS, ADDRESS);
    FunctionDescriptor count = FunctionDescriptor.of(JAVA_LONG, ADDRESS);
    FunctionDescriptor release = FunctionDescriptor.ofVoid(ADDRESS);
    // connection, sql, length, format, length, names, lengths, values, lengths, count
    FunctionDescriptor withParameters =
        FunctionDescriptor.of(
            ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS,
            ADDRESS, JAVA_LONG);
    setSignalHandlersEnabled =
        bind("chdb_set_signal_handlers_enabled", FunctionDescriptor.ofVoid(JAVA_INT));
    connect = bind("chdb_connect", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    closeConnection = bind("chdb_close_conn", release);
    queryWithParameters = bind("chdb_query_with_params_n", withParameters);
    streamInsert = bind("chdb_stream_insert_with_params_n", withParameters);
    streamAppend =
        bind("chdb_stream_append", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    streamDone = bind("chdb_stream_done", text);
    streamCancelInsert = bind("chdb_stream_cancel_insert", release);
    streamInsertError = bind("chdb_stream_insert_error", text);
    destroyInsertStream = bind("chdb_destroy_insert_stream", release);
    destroyResult = bind("chdb_destroy_query_result", release);
    resultBuffer = bind("chdb_result_buffer", text);
    resultLength = bind("chdb_result_length", count);
    resultElapsed = bind("chdb_result_elapsed", FunctionDescriptor.of(JAVA_DOUBLE, ADDRESS));
    resultRows = bind("chdb_result_rows_read", count);
    resultBytes = bind("chdb_result_bytes_read", count);
    storageRowsRead = bind("chdb_result_storage_rows_read", count);
    storageBytesRead = bind("chdb_result_storage_bytes_read", count);
    rowsWritten = bind("chdb_result_rows_written", count);
    bytesWritten = bind("chdb_result_bytes_written", count);
    resultError = bind("chdb_result_error", text);
    classify =
        bind(
            "chdb_classify_query_n",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
    shutdown = bind("chdb_shutdown", FunctionDescriptor.of(JAVA_INT));
    version = bind("chdb_version", FunctionDescriptor.of(ADDRESS));
  }

  /// Loads the library for the life of the process.
  static NativeLibrary load(Path file) {
    SymbolLookup symbols;
    try {
      symbols = SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "cannot load " + file + "; is it libchdb for this platform?", e);
    } catch (IllegalCallerException e) {
      throw new IllegalStateException("start Java with --enable-native-access=ALL-UNNAMED", e);
    }
    return new NativeLibrary(symbols);
  }

  private MethodHandle bind(String name, FunctionDescriptor signature) {
    MemorySegment address =
        symbols
            .find(name)
            .orElseThrow(() ->
                new IllegalStateException("this libchdb lacks " + name + "; use 26.7 or newer"));
    return linker.downcallHandle(address, signature);
  }

  String versionText() {
    try {
      return text((MemorySegment) version.invokeExact(), 128);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// The error text behind a pointer that may be null, empty for none.
  static String errorText(MemorySegment pointer) {
    return text(pointer, ERROR_TEXT_BYTES_MAX);
  }

  private static String text(MemorySegment pointer, long bytesMax) {
    if (pointer.equals(MemorySegment.NULL)) {
      return "";
    }
    MemorySegment bounded = pointer.reinterpret(bytesMax);
    return bounded.getString(0, StandardCharsets.UTF_8);
  }

  /// What a downcall threw although the library throws nothing: our own mistake.
  static IllegalStateException broken(Throwable cause) {
    return new IllegalStateException("a native call was made wrongly", cause);
  }

  /// Layout of the classifier's report: size, statements, flags, class.
  static final MemoryLayout ANALYSIS = MemoryLayout.sequenceLayout(4, JAVA_INT);
}
