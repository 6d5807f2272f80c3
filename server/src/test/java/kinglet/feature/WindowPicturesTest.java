// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The pictures of windows show what a view answers to the events of `features/pictures.yaml`;
/// `-Ddocs.write=true` draws them anew.
final class WindowPicturesTest {
  private static final Path STORIES = Path.of("src/test/resources/features/pictures.yaml");
  private static final Path IMAGES = Path.of("../docs/images");

  @TestFactory
  Stream<DynamicTest> pictures() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Object one :
        (List<?>)
            new Load(LoadSettings.builder().build()).loadFromString(Files.readString(STORIES))) {
      Map<?, ?> story = (Map<?, ?>) one;
      tests.add(DynamicTest.dynamicTest(story.get("file").toString(), () -> draw(story)));
    }
    return tests.stream();
  }

  private static void draw(Map<?, ?> story) throws IOException, InterruptedException {
    Path file = IMAGES.resolve(story.get("file") + ".svg");
    String svg = svg(story);
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(file, svg);
    }
    assertThat(file).hasContent(svg);
  }

  private static String svg(Map<?, ?> story) throws InterruptedException {
    List<?> axis = (List<?>) story.get("axis");
    List<?> reads = (List<?>) story.get("reads");
    WindowPicture picture =
        new WindowPicture(
            story.get("title").toString(),
            seconds(axis.get(0)),
            seconds(axis.get(1)),
            seconds(axis.get(2)),
            reads.size());
    try (ViewCase view = new ViewCase(story)) {
      for (Object one : reads) {
        Map<?, ?> read = (Map<?, ?>) one;
        Object at = read.get("at");
        String feature = read.get("feature").toString();
        view.arrive(at);
        view.read("u", at);
        List<?> held = (List<?>) view.value(feature);
        double start = ViewCase.seconds(view.explain(at, view.use(feature)).startMicros());
        picture.lane(read.get("caption").toString(), start, seconds(at));
        for (Object given : (List<?>) story.get("events")) {
          Map<?, ?> event = (Map<?, ?>) given;
          double time = seconds(event.get("ts"));
          Object arrives = event.get("arrives");
          boolean arrived = (arrives == null ? time : seconds(arrives)) <= seconds(at);
          int number = ((Number) event.get("n")).intValue();
          picture.event(time, number, held.contains((double) number), arrived);
        }
        picture.answer(held.stream().map(n -> String.valueOf(((Number) n).longValue())).toList());
      }
    }
    return picture.svg();
  }

  private static double seconds(Object number) {
    return ((Number) number).doubleValue();
  }
}
