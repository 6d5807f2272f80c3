// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import kinglet.catalog.CatalogError;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls that change the live project beside deployments of whole projects.
final class ProjectEditIT {
  private static final String EVENTS =
      """
      SCHEMA >
          `user` String `json:$.user`,
          `amount` UInt32 `json:$.amount`

      ENGINE MergeTree
      ENGINE_SORTING_KEY user
      """;

  @TempDir Path folder;

  private DeploymentRig rig;

  @BeforeEach
  void open() {
    rig = new DeploymentRig(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private DeployResult edit(UnaryOperator<ProjectEdit> change) {
    return rig.deployments.edit(rig.workspace, change, DeployOptions.by("test"));
  }

  @Test
  void addsReplacesAndRemovesOneFileOfTheLiveProject() {
    rig.file("any/place/events.datasource", EVENTS).deployed();
    edit(live -> live.put(FileKind.PIPE, "top", "NODE n\nSQL >\n    SELECT user FROM events\n"));
    assertThat(rig.current().pipe("top")).isPresent();
    rig.insert("events", 1, "user, amount", "'user String, amount UInt32', ('ann', 1)");

    edit(live -> live.put(FileKind.DATASOURCE, "events", "DESCRIPTION clicks\n\n" + EVENTS));
    assertThat(rig.source("events").description()).isEqualTo("clicks");
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo("1");

    edit(live -> {
      assertThat(live.files())
          .extracting(ProjectFile::path)
          .containsExactlyInAnyOrder("any/place/events.datasource", "pipes/top.pipe");
      return live.remove(FileKind.PIPE, "top");
    });
    assertThat(rig.current().pipe("top")).isEmpty();
    rig.reopen();
    assertThat(rig.source("events").description()).isEqualTo("clicks");
  }

  @Test
  void aChangeThatIsNotValidChangesNothing() {
    rig.file("events.datasource", EVENTS).deployed();
    assertThatThrownBy(() ->
            edit(live -> live.put(FileKind.PIPE, "p", "NODE n\nSQL >\n    SELECT 1 FROM absent\n")))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> {
              assertThat(e.code()).isEqualTo(CatalogError.CHANGE_REFUSED);
              assertThat(e.text()).contains("absent");
            });
    assertThatThrownBy(() -> edit(live -> live.remove(FileKind.DATASOURCE, "events")))
        .hasMessageContaining("deletes its rows");
    assertThat(rig.current().deployment()).isEqualTo(1);
  }

  @Test
  void aRenamedDataSourceKeepsItsIdentityAndItsRows() {
    rig.file("events.datasource", EVENTS).deployed();
    rig.insert("events", 1, "user, amount", "'user String, amount UInt32', ('ann', 1)");
    String id = rig.source("events").publicId();
    edit(live -> live.rename(FileKind.DATASOURCE, Map.of("events", "clicks")));
    assertThat(rig.current().dataSource("events")).isEmpty();
    assertThat(rig.source("clicks").publicId()).isEqualTo(id);
    assertThat(rig.value("SELECT count() FROM {clicks}")).isEqualTo("1");
    rig.reopen();
    assertThat(rig.value("SELECT count() FROM {clicks}")).isEqualTo("1");

    edit(live -> live.put(FileKind.DATASOURCE, "events", EVENTS));
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo("0");
    edit(live -> live.rename(FileKind.DATASOURCE, Map.of("events", "clicks", "clicks", "events")));
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo("1");
    assertThat(rig.value("SELECT count() FROM {clicks}")).isEqualTo("0");
    assertThat(rig.source("events").publicId()).isEqualTo(id);
  }

  @Test
  void waitsForTheDeploymentThatIsRunning() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    rig.listener =
        step -> {
          if (step.equals("data ready")) {
            reached.countDown();
            await(mayGoOn);
          }
        };
    rig.file("events.datasource", EVENTS);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<DeployResult> deployment = threads.submit(() -> rig.deploy());
      await(reached);
      Future<DeployResult> edit =
          threads.submit(() ->
              edit(live ->
                  live.put(FileKind.PIPE, "top", "NODE n\nSQL >\n    SELECT user FROM events\n")));
      mayGoOn.countDown();
      assertThat(deployment.get().failed()).isFalse();
      assertThat(edit.get().deployment().id()).isEqualTo(2);
    }
    assertThat(rig.current().pipe("top")).isPresent();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
