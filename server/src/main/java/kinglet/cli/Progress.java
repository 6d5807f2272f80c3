// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// A bar of what is done, how much each second and the time left; a line now and then without a
/// terminal.
///
/// Safe from any thread.
final class Progress {
  private static final int BAR_LENGTH = 28;
  private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Console console;
  private final String what;
  private final long total;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private final String unit;
  private String detail = "";
  private long done;
  private long shownNanos;

  Progress(Console console, String what, long total, LongSupplier nanoClock) {
    this(console, what, total, "rows", nanoClock);
  }

  /// @param unit what is counted; empty when only the share says something
  Progress(Console console, String what, long total, String unit, LongSupplier nanoClock) {
    this.unit = unit;
    this.console = console;
    this.what = what;
    this.total = total;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
    this.shownNanos = startNanos;
  }

  synchronized void add(long count) {
    done += count;
    long now = nanoClock.getAsLong();
    if (now - shownNanos >= (console.terminal() ? REDRAW_NANOS : LINE_NANOS)) {
      shownNanos = now;
      show(now);
    }
  }

  /// Says something beside the share, where no unit does.
  synchronized void say(String text) {
    detail = text;
  }

  /// Shows the end state and leaves the line.
  synchronized void finish() {
    show(nanoClock.getAsLong());
    if (console.terminal()) {
      console.note("");
    }
  }

  synchronized long done() {
    return done;
  }

  /// Seconds since the start.
  double seconds() {
    return (nanoClock.getAsLong() - startNanos) / 1e9;
  }

  private void show(long now) {
    String line = line(now);
    if (console.terminal()) {
      console.err().print("\r\u001b[2K" + line);
      console.err().flush();
    } else {
      console.note(line);
    }
  }

  private String line(long now) {
    double seconds = Math.max((now - startNanos) / 1e9, 1e-9);
    double rate = done / seconds;
    double share = total == 0 ? 1 : Math.min(1, (double) done / total);
    String left = done >= total || rate == 0 ? "" : ", " + time((total - done) / rate) + " left";
    String bar = "";
    if (console.terminal()) {
      int filled = (int) (share * BAR_LENGTH);
      bar = " [" + "#".repeat(filled) + "-".repeat(BAR_LENGTH - filled) + "]";
    }
    String counted =
        unit.isEmpty()
            ? detail
            : String.format(
                Locale.ROOT, "%,d of %,d %s, %,.0f %s/s", done, total, unit, rate, unit);
    return String.format(Locale.ROOT, "%s%s %3.0f %%  %s%s", what, bar, share * 100, counted, left);
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60 ? whole + " s" : whole / 60 + " min " + whole % 60 + " s";
  }
}
