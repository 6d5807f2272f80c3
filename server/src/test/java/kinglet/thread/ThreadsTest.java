// SPDX-License-Identifier: Apache-2.0
package kinglet.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ThreadsTest {
  @Test
  void aDeadThreadReachesTheHookWithItsName() throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    Threads.onFatal((name, cause) -> heard.complete(name + ": " + cause.getMessage()));
    try {
      Thread thread =
          Threads.platform(
              "doomed",
              () -> {
                throw new IllegalStateException("broken");
              });
      assertThat(thread.isVirtual()).isFalse();
      assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("doomed: broken");
    } finally {
      Threads.onFatal((_, _) -> {});
    }
  }

  @Test
  void virtualTasksRunOnNamedVirtualThreads() throws Exception {
    try (ExecutorService executor = Threads.virtual("request")) {
      Thread thread = executor.submit(Thread::currentThread).get(10, TimeUnit.SECONDS);
      assertThat(thread.isVirtual()).isTrue();
      assertThat(thread.getName()).isEqualTo("request-0");
    }
  }
}
