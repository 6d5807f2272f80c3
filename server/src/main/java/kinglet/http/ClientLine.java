// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a client sends on its connection, and whether it is still there.
///
/// While the connection's thread makes an answer it does not read; another may then read ahead for
/// it. What comes is kept for the next request, and the end of the stream interrupts the thread
/// that makes an answer nobody waits for.
final class ClientLine implements Supplier<byte @Nullable []> {
  private final HelidonSocket socket;

  /// What was read ahead, or will be, until the connection's thread takes it.
  private @Nullable CompletableFuture<byte @Nullable []> ahead;

  /// The connection's thread while it makes an answer that may be given up.
  private @Nullable Thread answering;

  private boolean gone;

  ClientLine(HelidonSocket socket) {
    this.socket = socket;
  }

  /// From now on until [#end] this thread is interrupted when the client leaves.
  synchronized void begin() {
    answering = Thread.currentThread();
  }

  synchronized void end() {
    answering = null;
  }

  /// Whether the client left.
  synchronized boolean gone() {
    return gone;
  }

  /// Reads ahead, unless that is done already or nobody makes an answer.
  synchronized void look(Executor threads) {
    if (answering != null && ahead == null) {
      CompletableFuture<byte @Nullable []> next = new CompletableFuture<>();
      ahead = next;
      threads.execute(() -> readAhead(next));
    }
  }

  private void readAhead(CompletableFuture<byte @Nullable []> next) {
    byte[] bytes = null;
    try {
      bytes = socket.get();
    } catch (RuntimeException e) {
      boolean unused = next.completeExceptionally(e);
    }
    if (bytes == null) {
      left();
    }
    boolean unused = next.complete(bytes);
  }

  private synchronized void left() {
    gone = true;
    if (answering != null) {
      answering.interrupt();
    }
  }

  /// The next bytes for the connection's thread, null at the end of the stream.
  @Override
  public byte @Nullable [] get() {
    CompletableFuture<byte @Nullable []> kept;
    synchronized (this) {
      kept = ahead;
      ahead = null;
    }
    try {
      return kept == null ? socket.get() : kept.get();
    } catch (UncheckedIOException | ExecutionException e) {
      throw new ServerConnectionException("the client's bytes cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerConnectionException("the connection is to end", e);
    }
  }
}
