// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The process of a [Load]: what to do on each line of standard input, what came of it on each line
/// of standard output.
///
/// One thread listens to all connections. With open arrivals a second one sends, at the moments
/// that were fixed before; the kernel is asked to wake it in time.
final class LoadMain {
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final int ANSWER_BYTES = 256 * 1024;
  private static final long SELECT_MILLIS_MAX = 100;

  private final Map<String, Requests> files = new HashMap<>();

  private LoadMain() {}

  public static void main(String[] arguments) throws Throwable {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    LoadMain main = new LoadMain();
    Punctual.beAwoken();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(main.answer(line.split(" ", -1)));
      out.flush();
    }
  }

  private String answer(String[] asked) throws InterruptedException {
    try {
      Requests requests = files.get(asked[2]);
      if (requests == null) {
        requests = Requests.read(Path.of(asked[2]));
        files.put(asked[2], requests);
      }
      try (Run run =
          new Run(
              asked[0],
              Integer.parseInt(asked[1]),
              requests,
              Integer.parseInt(asked[3]),
              Integer.parseInt(asked[4]),
              Long.parseLong(asked[5]))) {
        return run.answer();
      }
    } catch (IOException failure) {
      return "failed " + String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
  }

  /// One connection, used by the listening thread, and by the sending one while it lies in `idle`.
  private static final class Line {
    private final SocketChannel channel;
    private final Framing framing;
    private int next;
    private long startNanos;

    Line(SocketChannel channel, Framing framing, int next) {
      this.channel = channel;
      this.framing = framing;
      this.next = next;
    }

    void send(Requests requests, long start) throws IOException {
      Requests.Request request = requests.all().get(next);
      next = (next + 1) % requests.all().size();
      startNanos = start;
      framing.expect(request.answers());
      ByteBuffer bytes = request.bytes().duplicate();
      while (bytes.hasRemaining()) {
        int unused = channel.write(bytes);
      }
    }
  }

  /// One run of a contender.
  private static final class Run implements AutoCloseable {
    private final Requests requests;
    private final int perSecond;
    private final long nanos;
    private final Selector selector = Selector.open();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(ANSWER_BYTES);
    private final Histogram latency = new Histogram(HIGHEST_NANOS, 3);
    private final List<Line> lines = new ArrayList<>();
    private final BlockingQueue<Line> idle;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong senderNanos = new AtomicLong();
    private volatile boolean sending;
    private volatile @Nullable IOException failure;
    private long received;
    private long end;

    Run(String protocol, int port, Requests requests, int connections, int perSecond, long nanos)
        throws IOException {
      this.requests = requests;
      this.perSecond = perSecond;
      this.nanos = nanos;
      this.idle = new ArrayBlockingQueue<>(connections);
      for (int index = 0; index < connections; index++) {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Framing framing = Framing.of(protocol);
        greet(channel, framing);
        channel.configureBlocking(false);
        int first = (int) ((long) index * requests.all().size() / connections);
        Line line = new Line(channel, framing, first);
        SelectionKey unused = channel.register(selector, SelectionKey.OP_READ, line);
        lines.add(line);
      }
    }

    private void greet(SocketChannel channel, Framing framing) throws IOException {
      ByteBuffer greeting = ByteBuffer.wrap(framing.greeting());
      if (!greeting.hasRemaining()) {
        return;
      }
      framing.expect(1);
      while (greeting.hasRemaining()) {
        int unused = channel.write(greeting);
      }
      boolean answered = false;
      while (!answered) {
        bytes.clear();
        if (channel.read(bytes) < 0) {
          throw new IOException("the connection was closed");
        }
        answered = framing.read(bytes.flip());
      }
    }

    String answer() throws IOException, InterruptedException {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long processor = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      end = start + nanos;
      if (perSecond > 0) {
        idle.addAll(lines);
        sending = true;
        Thread sender = Thread.ofPlatform().start(() -> sendOnTime(start));
        while (sending || received < sent.get()) {
          listen();
        }
        sender.join();
      } else {
        for (Line line : lines) {
          sent.incrementAndGet();
          line.send(requests, System.nanoTime());
        }
        while (received < sent.get()) {
          listen();
        }
      }
      IOException failed = failure;
      if (failed != null) {
        throw failed;
      }
      long elapsed = System.nanoTime() - start;
      processor = threads.getCurrentThreadCpuTime() - processor + senderNanos.get();
      ByteBuffer encoded = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
      int length = latency.encodeIntoCompressedByteBuffer(encoded);
      return "ok "
          + received
          + " "
          + elapsed
          + " "
          + processor
          + " "
          + Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
    }

    private void listen() throws IOException {
      int unused = selector.select(this::readable, SELECT_MILLIS_MAX);
    }

    private void readable(SelectionKey key) {
      Line line = (Line) key.attachment();
      try {
        bytes.clear();
        if (line.channel.read(bytes) < 0) {
          throw new IOException("the connection was closed");
        }
        bytes.flip();
        if (line.framing.read(bytes)) {
          long now = System.nanoTime();
          latency.recordValue(Math.min(HIGHEST_NANOS, now - line.startNanos));
          received++;
          if (perSecond > 0) {
            idle.add(line);
          } else if (now < end) {
            sent.incrementAndGet();
            line.send(requests, now);
          }
        }
      } catch (IOException broken) {
        failure = broken;
        sending = false;
        received = Long.MAX_VALUE;
      }
    }

    private void sendOnTime(long start) {
      Punctual.beAwoken();
      try {
        long gap = 1_000_000_000L / perSecond;
        for (long due = start; due < end && sending && System.nanoTime() < end; due += gap) {
          for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
          }
          Line line = null;
          while (line == null && sending) {
            line = idle.poll(SELECT_MILLIS_MAX, TimeUnit.MILLISECONDS);
          }
          if (line != null) {
            sent.incrementAndGet();
            line.send(requests, due);
          }
        }
      } catch (IOException broken) {
        failure = broken;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } finally {
        senderNanos.set(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        sending = false;
        selector.wakeup();
      }
    }

    @Override
    public void close() throws IOException {
      for (Line line : lines) {
        line.channel.close();
      }
      selector.close();
    }
  }

  /// Linux wakes a thread up to 50 us after its time, to wake several at once, unless it is told
  /// not to; elsewhere this does nothing. Bound once: that takes longer than any request.
  @SuppressWarnings("restricted")
  private static final class Punctual {
    private static final int SET_TIMER_SLACK = 29;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Optional<MethodHandle> PRCTL =
        LINKER
            .defaultLookup()
            .find("prctl")
            .map(prctl ->
                LINKER.downcallHandle(
                    prctl,
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1)));

    static void beAwoken() {
      if (PRCTL.isPresent()) {
        try {
          int unused = (int) PRCTL.get().invokeExact(SET_TIMER_SLACK, 1L);
        } catch (Throwable failed) {
          throw new IllegalStateException(failed);
        }
      }
    }
  }
}
