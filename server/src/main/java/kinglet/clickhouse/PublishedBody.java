// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.ExecutorService;

/// An insert's body as the HTTP client wants it; closed when the call is over.
record PublishedBody(BodyPublisher publisher, Runnable release) implements AutoCloseable {

  static PublishedBody of(InsertBody body, ExecutorService threads) {
    return switch (body) {
      case InsertBody.Chunks(var chunks) ->
          new PublishedBody(BodyPublishers.ofByteArrays(chunks), () -> {});
      case InsertBody.Source(var open) ->
          new PublishedBody(BodyPublishers.ofInputStream(open), () -> {});
      case InsertBody.Written(var writer) -> piped(writer, threads);
    };
  }

  private static PublishedBody piped(InsertBody.Writer writer, ExecutorService threads) {
    ChunkPipe pipe = new ChunkPipe();
    threads.execute(() -> {
      try {
        writer.writeTo(pipe.sink());
        pipe.sink().close();
      } catch (IOException | RuntimeException e) {
        pipe.fail(e);
      }
    });
    return new PublishedBody(BodyPublishers.ofInputStream(pipe::source), pipe::abandon);
  }

  @Override
  public void close() {
    release.run();
  }
}
