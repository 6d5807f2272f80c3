// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// Flights as bodies of requests, in the order of their time. Six months of flights are sent as one
/// day, the next time they are sent as the day after; any thread may take the next body.
final class FlightBodies {
  /// Days after which the first comes again; all of them are past and within a week.
  static final int DAYS = 5;

  private static final int DAY_SECONDS = 86_400;

  private final byte[] text;
  private final int[] lineEnds;
  private final Format format;
  private final int rows;
  private final LocalDate firstDay;
  private final AtomicLong taken = new AtomicLong();

  /// What a line looks like, as an expression of ClickHouse, and where its day stands.
  enum Format {
    JSON(
        """
        concat('{"departed_at":"', toString(at), '","origin":"', origin, '","destination":"',
          destination, '","delay_minutes":', toString(delay), ',"distance_miles":',
          toString(distance), '}')
        """) {
      @Override
      void date(byte[] text, int start, int end, LocalDate day) {
        put(text, start + "{\"departed_at\":\"".length(), day.toString());
      }
    },
    CSV(
        """
        concat(toString(at), ',', origin, ',', destination, ',', toString(delay), ',',
          toString(distance))
        """) {
      @Override
      void date(byte[] text, int start, int end, LocalDate day) {
        put(text, start, day.toString());
      }
    },
    /// InfluxDB's line protocol, with seconds.
    LINE(
        """
        concat('flights,origin=', origin, ',destination=', destination, ' delay_minutes=',
          toString(delay), 'i,distance_miles=', toString(distance), 'i ',
          leftPad(toString(toUnixTimestamp(at)), 10, '0'))
        """) {
      @Override
      void date(byte[] text, int start, int end, LocalDate day) {
        int digits = 10;
        long seconds = 0;
        for (int at = end - digits; at < end; at++) {
          seconds = 10 * seconds + text[at] - '0';
        }
        long moved = day.toEpochDay() * DAY_SECONDS + seconds % DAY_SECONDS;
        put(text, end - digits, Long.toString(moved));
      }
    };

    private final String sql;

    Format(String sql) {
      this.sql = sql;
    }

    abstract void date(byte[] text, int start, int end, LocalDate day);

    private static void put(byte[] text, int at, String what) {
      byte[] bytes = what.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(bytes, 0, text, at, bytes.length);
    }
  }

  private FlightBodies(byte[] text, int[] lineEnds, Format format, int rows) {
    this.text = text;
    this.lineEnds = lineEnds;
    this.format = format;
    this.rows = rows;
    this.firstDay = LocalDate.now(ZoneOffset.UTC).minusDays(DAYS);
  }

  /// @param flights how many flights there are to send before they come again
  /// @param rows how many are in a body
  static FlightBodies of(Home home, KingletPeer kinglet, Format format, int flights, int rows)
      throws IOException {
    String file = "file('" + home.flights() + "', 'Parquet')";
    byte[] text =
        kinglet.read(
            "WITH (SELECT (min(date), max(date)) FROM "
                + file
                + ") AS span, toDateTime(0, 'UTC') + intDiv("
                + (DAY_SECONDS - 1)
                + " * dateDiff('second', span.1, date), dateDiff('second', span.1, span.2)) AS at"
                + " SELECT "
                + format.sql
                + " FROM (SELECT * FROM "
                + file
                + " ORDER BY date LIMIT "
                + flights
                + ") FORMAT TSVRaw");
    int[] ends = new int[flights];
    int lines = 0;
    for (int at = 0; at < text.length; at++) {
      if (text[at] == '\n') {
        ends[lines++] = at;
      }
    }
    Answers.require(lines >= rows, lines + " flights");
    return new FlightBodies(text, Arrays.copyOf(ends, lines), format, rows);
  }

  int rows() {
    return rows;
  }

  byte[] next() {
    int bodies = lineEnds.length / rows;
    long number = taken.getAndIncrement();
    LocalDate day = firstDay.plusDays(number / bodies % DAYS);
    int first = (int) (number % bodies) * rows;
    int start = first == 0 ? 0 : lineEnds[first - 1] + 1;
    byte[] body = Arrays.copyOfRange(text, start, lineEnds[first + rows - 1] + 1);
    for (int row = first, at = 0; row < first + rows; row++) {
      int end = lineEnds[row] - start;
      format.date(body, at, end, day);
      at = end + 1;
    }
    return body;
  }
}
