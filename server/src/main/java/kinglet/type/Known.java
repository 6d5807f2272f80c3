// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kinglet.error.PlatformException;

/// From when on rows count as known to whoever asks for the past.
///
/// Every table of a data source says it in the hidden column [#COLUMN], a time: rows count as known
/// from there on, but from their ingestion on where it is [#INGESTION_MICROS], its default. A row
/// never counts before its event time, so one that is known before all times counts from there.
public sealed interface Known {
  Column COLUMN = Column.of("__known_at", "DateTime64(6, 'UTC')");

  /// What stands for the time of ingestion, which is in a hidden column of its own.
  long INGESTION_MICROS = 0;

  /// Before all times: 1900-01-01, the earliest there is.
  long ALWAYS_MICROS = -2_208_988_800_000_000L;

  /// From the moment they are accepted, as events are.
  record FromIngestion() implements Known {
    @Override
    public void check(Schema schema) {}

    @Override
    public Optional<Block> stamped(Block block) {
      return Optional.empty();
    }
  }

  /// From their event time on, as history is that nobody served from.
  record FromEventTime() implements Known {
    @Override
    public void check(Schema schema) {}

    @Override
    public Optional<Block> stamped(Block block) {
      byte[] same = new byte[Math.min(block.rows(), RUN_ROWS) * Long.BYTES];
      ByteBuffer values = ByteBuffer.wrap(same).order(ByteOrder.LITTLE_ENDIAN);
      while (values.hasRemaining()) {
        values.putLong(ALWAYS_MICROS);
      }
      List<ByteRun> runs = new ArrayList<>();
      for (int left = block.rows(); left > 0; left -= RUN_ROWS) {
        runs.add(new ByteRun(same, 0, Math.min(left, RUN_ROWS) * Long.BYTES));
      }
      return Optional.of(Known.with(block, runs));
    }
  }

  /// From the time on that one of their columns says; rows without a value there, from ingestion
  /// on.
  record FromColumn(String name) implements Known {
    @Override
    public void check(Schema schema) {
      int _ = index(schema);
    }

    private int index(Schema schema) {
      return schema.indexOf(name).stream()
          .filter(at -> KnownTimes.isTime(schema.column(at).type()))
          .findFirst()
          .orElseThrow(() ->
              new PlatformException(
                  TypeError.NOT_A_TIME_COLUMN,
                  "known_at='"
                      + name
                      + "' is neither 'now' nor a column of type Date, Date32, DateTime or"
                      + " DateTime64; "
                      + times(schema)));
    }

    private static String times(Schema schema) {
      List<String> names =
          schema.columns().stream()
              .filter(column -> KnownTimes.isTime(column.type()))
              .map(Column::name)
              .toList();
      return names.isEmpty()
          ? "the data source has no such column"
          : "such columns are " + String.join(", ", names);
    }

    @Override
    public Optional<Block> stamped(Block block) {
      int index = index(block.schema());
      return block.omitted().get(index)
          ? Optional.empty()
          : Optional.of(Known.with(block, List.of(KnownTimes.of(block, index))));
    }
  }

  /// Rows share what is the same in all of them, so many at a time.
  int RUN_ROWS = 1 << 13;

  /// What a caller says of the rows of a file: nothing, `now`, or the name of a column.
  static Known of(Optional<String> said) {
    return said.<Known>map(text -> text.equals("now") ? new FromIngestion() : new FromColumn(text))
        .orElseGet(FromEventTime::new);
  }

  /// Refuses rows of a schema that cannot say it.
  void check(Schema schema);

  /// The rows with their times; none where the column's default says the same.
  Optional<Block> stamped(Block block);

  /// A schema with the times at its end.
  static Schema with(Schema schema) {
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.add(COLUMN);
    return new Schema(columns);
  }

  private static Block with(Block block, List<ByteRun> times) {
    List<List<ByteRun>> streams = new ArrayList<>(block.streams());
    streams.add(times);
    return new Block(with(block.schema()), block.rows(), block.omitted(), streams);
  }
}
