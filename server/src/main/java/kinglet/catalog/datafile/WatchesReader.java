// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.catalog.Monitor.Split;
import kinglet.catalog.Monitor.Watch;
import kinglet.drift.Binning;
import kinglet.drift.Distance;

/// Reads `DISTANCES`, one a line.
final class WatchesReader {
  private static final int COUNT_MAX = 200;
  private static final Pattern LINE =
      Pattern.compile(
          "(?i)([^\\s>]+)\\s+([A-Za-z_]+)\\s*>\\s*(\\S+?)(?:\\s+BINS\\s+(\\S.*?))?\\s*,?\\s*");
  private static final Pattern BINS =
      Pattern.compile("(?i)(equal_width|equal_frequency)\\s+([0-9]{1,4})");
  private static final String FORM =
      "A distance is: feature distance > threshold [BINS equal_width n | equal_frequency n | at edge,"
          + " edge | categories]";

  private final Set<List<String>> seen = new HashSet<>();

  /// @param place of the feature
  record Line(Watch watch, Place place) {}

  List<Line> read(Statement statement) {
    Statement.Block block = statement.block();
    if (block == null) {
      throw new DatafileProblem(statement.place(), "DISTANCES must be multiline: DISTANCES >");
    }
    List<Line> watches = new ArrayList<>();
    for (SourceLine line : block.trimmed()) {
      String text = line.text().strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        watches.add(watch(line));
      }
    }
    if (watches.isEmpty() || watches.size() > COUNT_MAX) {
      throw new DatafileProblem(
          statement.place(), "DISTANCES has 1 to " + COUNT_MAX + " lines, not " + watches.size());
    }
    return watches;
  }

  private Line watch(SourceLine line) {
    int indent = Statement.Block.indent(line.text());
    Matcher form = LINE.matcher(line.text().substring(indent));
    if (!form.matches()) {
      throw new DatafileProblem(line.at(indent + 1), FORM);
    }
    IntFunction<Place> place = group -> line.at(indent + form.start(group) + 1);
    String feature = form.group(1);
    Distance distance =
        Distance.named(form.group(2).toLowerCase(Locale.ROOT))
            .orElseThrow(() ->
                new DatafileProblem(
                    place.apply(2),
                    "'"
                        + form.group(2)
                        + "' is no distance; there are "
                        + String.join(", ", Distance.words())));
    if (!seen.add(List.of(feature, distance.word()))) {
      throw new DatafileProblem(
          place.apply(1), "The distance " + distance.word() + " of '" + feature + "' stands twice");
    }
    Split split = new Split.Usual();
    if (form.group(4) != null) {
      if (!(distance instanceof Distance.OfBins)) {
        throw new DatafileProblem(
            place.apply(4), distance.word() + " compares numbers as they are, without BINS");
      }
      split = split(place.apply(4), form.group(4));
    }
    return new Line(
        new Watch(feature, distance, threshold(place.apply(3), form.group(3)), split),
        place.apply(1));
  }

  private static double threshold(Place place, String text) {
    try {
      double threshold = Double.parseDouble(text);
      if (threshold >= 0 && Double.isFinite(threshold)) {
        return threshold;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new DatafileProblem(place, "A threshold is a number from 0, not '" + text + "'");
  }

  private static Split split(Place place, String text) {
    if (text.equalsIgnoreCase("categories")) {
      return new Split.Categories();
    }
    try {
      Matcher bins = BINS.matcher(text);
      if (bins.matches()) {
        int count = Integer.parseInt(bins.group(2));
        return new Split.Numbers(
            bins.group(1).equalsIgnoreCase("equal_width")
                ? new Binning.EqualWidth(count)
                : new Binning.EqualFrequency(count));
      }
      if (text.toLowerCase(Locale.ROOT).startsWith("at ")) {
        return new Split.Numbers(
            new Binning.Given(
                Stream.of(text.substring(3).split(",", -1))
                    .mapToDouble(edge -> Double.parseDouble(edge.strip()))
                    .toArray()));
      }
    } catch (NumberFormatException _) {
      throw new DatafileProblem(place, "The edges after at are numbers with commas between");
    } catch (IllegalArgumentException e) {
      throw new DatafileProblem(place, "BINS: " + e.getMessage());
    }
    throw new DatafileProblem(
        place, "BINS is equal_width n, equal_frequency n, at edge, edge or categories");
  }
}
