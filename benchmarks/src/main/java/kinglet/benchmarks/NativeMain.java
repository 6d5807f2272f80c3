// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/// The process of a [NativePeer]: a statement and its format on each line of standard input, time
/// and answer on each line of standard output.
@SuppressWarnings("restricted")
final class NativeMain {
  private static final long TEXT_BYTES_MAX = 1 << 20;
  private static final Linker LINKER = Linker.nativeLinker();

  private final MethodHandle query;
  private final MethodHandle error;
  private final MethodHandle buffer;
  private final MethodHandle length;
  private final MethodHandle destroy;
  private final MemorySegment connection;

  private NativeMain(SymbolLookup symbols, MemorySegment connection) {
    this.connection = connection;
    FunctionDescriptor text = FunctionDescriptor.of(ADDRESS, ADDRESS);
    query =
        bind(
            symbols,
            "chdb_query_n",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
    error = bind(symbols, "chdb_result_error", text);
    buffer = bind(symbols, "chdb_result_buffer", text);
    length = bind(symbols, "chdb_result_length", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    destroy = bind(symbols, "chdb_destroy_query_result", FunctionDescriptor.ofVoid(ADDRESS));
  }

  private static MethodHandle bind(SymbolLookup symbols, String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(symbols.findOrThrow(name), shape);
  }

  public static void main(String[] arguments) throws Throwable {
    SymbolLookup symbols = SymbolLookup.libraryLookup(Path.of(arguments[0]), Arena.global());
    bind(symbols, "chdb_set_signal_handlers_enabled", FunctionDescriptor.ofVoid(JAVA_INT))
        .invokeExact(0);
    List<String> options =
        List.of("benchmark", "--path=" + arguments[1], "--config-file=" + arguments[2]);
    MemorySegment list = Arena.global().allocate(ADDRESS, options.size());
    for (int index = 0; index < options.size(); index++) {
      list.setAtIndex(ADDRESS, index, Arena.global().allocateFrom(options.get(index)));
    }
    MethodHandle connect =
        bind(symbols, "chdb_connect", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    MemorySegment holder = (MemorySegment) connect.invokeExact(options.size(), list);
    new NativeMain(symbols, holder.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0)).serve();
    // Ending with a connection that lives crashes the process.
    bind(symbols, "chdb_close_conn", FunctionDescriptor.ofVoid(ADDRESS)).invokeExact(holder);
    // libchdb's threads do not end by themselves.
    Runtime.getRuntime().halt(0);
  }

  private void serve() throws Throwable {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] asked =
          new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8).split("\0", -1);
      long start = System.nanoTime();
      Answered answered = run(asked[0], asked[1]);
      long nanos = System.nanoTime() - start;
      String word = answered.failed() ? "failed" : "ok";
      out.println(word + " " + nanos + " " + Base64.getEncoder().encodeToString(answered.bytes()));
      out.flush();
    }
  }

  private record Answered(boolean failed, byte[] bytes) {}

  private Answered run(String sql, String format) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, sql.getBytes(StandardCharsets.UTF_8));
      MemorySegment name = arena.allocateFrom(JAVA_BYTE, format.getBytes(StandardCharsets.UTF_8));
      MemorySegment result =
          (MemorySegment)
              query.invokeExact(connection, text, text.byteSize(), name, name.byteSize());
      try {
        MemorySegment message = (MemorySegment) error.invokeExact(result);
        if (!message.equals(MemorySegment.NULL)) {
          String failure = message.reinterpret(TEXT_BYTES_MAX).getString(0);
          if (!failure.isEmpty()) {
            return new Answered(true, failure.getBytes(StandardCharsets.UTF_8));
          }
        }
        long size = (long) length.invokeExact(result);
        MemorySegment bytes = (MemorySegment) buffer.invokeExact(result);
        byte[] copy =
            size == 0 ? new byte[0] : bytes.reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
        return new Answered(false, copy);
      } finally {
        destroy.invokeExact(result);
      }
    }
  }
}
