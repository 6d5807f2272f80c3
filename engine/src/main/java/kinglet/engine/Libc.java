// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The few functions of the C library this process needs. Safe from any thread.
@SuppressWarnings("restricted")
final class Libc {
  private static final MethodHandle PIPE = bind("pipe", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle READ =
      bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE =
      bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FCNTL =
      bind(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SIGACTION =
      bind("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle EXIT = bind("_exit", FunctionDescriptor.ofVoid(JAVA_INT));

  /// `F_SETPIPE_SZ` of Linux's `fcntl.h`.
  private static final int SET_PIPE_SIZE = 1031;

  private static final int PIPE_BYTES = 1 << 20;

  private Libc() {}

  /// A fresh pipe: the descriptor to read from, and the one to write to.
  record Ends(int read, int write) {}

  static Ends pipe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      if ((int) PIPE.invokeExact(ends) != 0) {
        throw new IllegalStateException("no pipe: the process has too many open files");
      }
      Ends made = new Ends(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
      // A larger pipe means fewer switches; a refusal is harmless.
      int unused = (int) FCNTL.invokeExact(made.write(), SET_PIPE_SIZE, PIPE_BYTES);
      return made;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// Reads up to the segment's size; 0 at the end, -1 on a failure. Blocks.
  static long read(int descriptor, MemorySegment into) {
    try {
      return (long) READ.invokeExact(descriptor, into, into.byteSize());
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  static void close(int descriptor) {
    try {
      int unused = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// Reads or sets a signal's disposition; either segment may be null.
  static boolean sigaction(int signal, MemorySegment change, MemorySegment current) {
    try {
      return (int) SIGACTION.invokeExact(signal, change, current) == 0;
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// Ends the process without running any exit handler.
  static void exit(int status) {
    try {
      EXIT.invokeExact(status);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  private static MethodHandle bind(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature, options);
  }
}
