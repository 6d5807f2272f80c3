// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Locale;

/// A picture of reads over an axis of time, as SVG: one lane for each read.
final class WindowPicture {
  private static final int WIDTH = 760;
  private static final int LEFT = 24;
  private static final int RIGHT = 580;
  private static final int TOP = 44;
  private static final int LANE = 74;

  private final double from;
  private final double to;
  private final double tick;
  private final int height;
  private final StringBuilder out = new StringBuilder(4096);
  private int lane = -1;

  WindowPicture(String title, double from, double to, double tick, int lanes) {
    this.from = from;
    this.to = to;
    this.tick = tick;
    this.height = TOP + lanes * LANE + 34;
    add(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
        <style>
        text { font: 13px system-ui, sans-serif; fill: #1f2937 }
        .title { font-weight: 600; font-size: 15px }
        .quiet { fill: #6b7280; font-size: 12px }
        .line { stroke: #9ca3af }
        .window { fill: #2563eb; fill-opacity: .14; stroke: #2563eb }
        .read { stroke: #b91c1c; stroke-width: 2 }
        .in { fill: #2563eb; stroke: #2563eb }
        .out { fill: #fff; stroke: #6b7280 }
        .absent { fill: #fff; stroke: #9ca3af; stroke-dasharray: 3 2 }
        .number { text-anchor: middle; font-size: 11px }
        .held { fill: #fff }
        .arrival { fill: none; stroke: #6b7280; stroke-dasharray: 3 2 }
        .arrived { fill: #6b7280 }
        </style>
        <rect width="%d" height="%d" rx="8" fill="#fff"/>
        <text class="title" x="%d" y="26">%s</text>
        """,
        WIDTH, height, escaped(title), WIDTH, height, LEFT, escaped(title));
  }

  /// Begins the lane of a read.
  ///
  /// @param start where its window begins; before the axis if it has no beginning
  void lane(String caption, double start, double at) {
    lane++;
    double left = x(Math.max(start, from));
    add("<text class=\"quiet\" x=\"%d\" y=\"%d\">%s</text>\n", LEFT, y() - 28, escaped(caption));
    add(
        "<rect class=\"window\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"32\" rx=\"4\"/>\n",
        left, y() - 16, x(at) - left);
    add("<line class=\"line\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", LEFT, y(), RIGHT, y());
    add(
        "<line class=\"read\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>\n",
        x(at), y() - 22, x(at), y() + 22);
    add("<text x=\"%.1f\" y=\"%d\">t</text>\n", x(at) + 5, y() - 14);
  }

  void event(double time, int number, boolean held, boolean arrived) {
    String kind = held ? "in" : arrived ? "out" : "absent";
    add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"9\"/>\n", kind, x(time), y());
    add(
        "<text class=\"number%s\" x=\"%.1f\" y=\"%d\">%d</text>\n",
        held ? " held" : "", x(time), y() + 4, number);
  }

  /// Shows that an event came in later than it happened.
  void arrival(double time, double arrival) {
    add(
        "<path class=\"arrival\" d=\"M%.1f %d V%d H%.1f V%d\"/>\n",
        x(time), y() + 9, y() + 26, x(arrival), y() + 12);
    add("<path class=\"arrived\" d=\"M%.1f %d l-4 7 h8 z\"/>\n", x(arrival), y() + 6);
  }

  void answer(List<String> held) {
    add("<text x=\"%d\" y=\"%d\">holds %s</text>\n", RIGHT + 20, y() + 4, String.join(", ", held));
  }

  String svg() {
    int bottom = height - 16;
    for (double time = from; time <= to; time += tick) {
      add(
          "<text class=\"quiet number\" x=\"%.1f\" y=\"%d\">%02d:%02d</text>\n",
          x(time), bottom, (int) time / 3600, (int) time % 3600 / 60);
    }
    return out + "</svg>\n";
  }

  private int y() {
    return TOP + lane * LANE + 40;
  }

  private double x(double time) {
    return LEFT + 16 + (time - from) / (to - from) * (RIGHT - LEFT - 32);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values));
  }
}
