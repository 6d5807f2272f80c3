// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The picture of `docs/how-to/point-in-time.md` shows which events training sets of both modes
/// hold; `-Ddocs.write=true` draws it anew.
final class PointInTimePictureIT {
  private static final Path PICTURE = Path.of("../docs/images/point-in-time.svg");
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");
  private static final double MINUTE = 60;
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/looks.datasource",
          """
          SCHEMA >
              happened DateTime('UTC') `json:$.happened`,
              came_in DateTime('UTC') `json:$.came_in`,
              user_id String `json:$.user_id`,
              n UInt8 `json:$.n`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, happened
          """,
          "features/shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT user_id, groupArray(10)(n) OVER last_1h AS looks
              FROM looks
              WINDOW last_1h AS (PARTITION BY user_id ORDER BY happened RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME happened
          """);

  /// The events of the page.
  private static final List<Look> LOOKS =
      List.of(
          new Look(1, "10:00", "10:00"),
          new Look(2, "10:20", "10:50"),
          new Look(3, "10:40", "10:40"),
          new Look(4, "11:05", "11:05"));

  private static final List<Lane> LANES =
      List.of(
          new Lane(
              "as_known", "10:45", "as_known, asked at 10:45: 2 had happened, and was not known"),
          new Lane("corrected", "10:45", "corrected, asked at 10:45: whatever had happened"),
          new Lane("as_known", "10:55", "as_known, asked at 10:55: 2 has come in"));

  @TempDir static Path directory;

  private record Look(int number, String happened, String cameIn) {
    String line() {
      return "{\"happened\":\"2026-03-02 %s:00\",\"came_in\":\"2026-03-02 %s:00\",\"user_id\":\"a\",\"n\":%d}"
          .formatted(happened, cameIn, number);
    }
  }

  private record Lane(String mode, String asked, String caption) {}

  @Test
  void showsWhatTrainingSetsHold() throws Exception {
    String svg;
    try (TestServer server = TestServer.ready(directory.resolve("data"))) {
      HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
      assertThat(json(deployed).path("result").asString("")).isEqualTo("success");
      HttpResponse<String> imported =
          server.send(
              server
                  .authorized(
                      "/v0/datasources?mode=append&format=ndjson&name=looks&known_at=came_in")
                  .header("Content-Type", "application/x-ndjson")
                  .POST(
                      BodyPublishers.ofString(
                          String.join("\n", LOOKS.stream().map(Look::line).toList()))));
      assertThat(imported.statusCode()).as(imported.body()).isEqualTo(200);
      svg = draw(server);
    }
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PICTURE, svg);
    }
    assertThat(PICTURE).hasContent(svg);
  }

  private static String draw(TestServer server) {
    WindowPicture picture =
        new WindowPicture(
            "What a row of a training set sees",
            seconds("09:45"),
            seconds("11:15"),
            15 * MINUTE,
            LANES.size());
    for (int number = 0; number < LANES.size(); number++) {
      Lane lane = LANES.get(number);
      List<Integer> held = held(server, "lane" + number, lane);
      double asked = seconds(lane.asked());
      picture.lane(lane.caption(), asked - 60 * MINUTE, asked);
      for (Look look : LOOKS) {
        boolean known = seconds(look.cameIn()) <= asked;
        picture.event(seconds(look.happened()), look.number(), held.contains(look.number()), known);
        if (!look.cameIn().equals(look.happened())) {
          picture.arrival(seconds(look.happened()), seconds(look.cameIn()));
        }
      }
      picture.answer(held.stream().map(String::valueOf).toList());
    }
    return picture.svg();
  }

  /// The events that a training set's only row holds.
  private static List<Integer> held(TestServer server, String name, Lane lane) {
    String request =
        """
        {"name": "%s", "features": ["shopper"], "mode": "%s", "time": "asked_at",
         "spine": {"q": "SELECT 'a' AS user_id, toDateTime('2026-03-02 %s:00', 'UTC') AS asked_at"}}
        """
            .formatted(name, lane.mode(), lane.asked());
    JsonNode set = json(server.post("/v0/training_sets", request, "application/json"));
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!ENDS.contains(set.path("status").asString("")) && System.nanoTime() < endNanos) {
      set = json(server.get("/v0/training_sets/" + name));
    }
    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    JsonNode row = JSON.readTree(server.get("/v0/training_sets/" + name + ".ndjson").body());
    List<Integer> held = new ArrayList<>();
    row.path("looks").forEach(number -> held.add(number.asInt()));
    return held;
  }

  private static double seconds(String time) {
    return LocalTime.parse(time).toSecondOfDay();
  }
}
