// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// What a schema says of its columns, as a decoder needs it. Immutable.
final class Columns {
  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");
  private static final Pattern NUMBER = Pattern.compile("(?!-0$)-?\\d{1,6}(\\.\\d{1,6})?");
  private static final Pattern TRUTH = Pattern.compile("(?i)true|false");
  private static final Pattern TEXT = Pattern.compile("'([^'\\\\]*)'");

  final Schema schema;
  final PathNode root;

  /// Columns that rows never carry.
  final BitSet unwritable = new BitSet();

  final boolean[] nullable;
  final boolean[] defaulted;

  /// The text of a DEFAULT that is a plain literal, by column.
  final byte[] @Nullable [] literals;

  Columns(Schema schema) {
    this.schema = schema;
    int count = schema.size();
    nullable = new boolean[count];
    defaulted = new boolean[count];
    literals = new byte[count][];
    List<List<String>> paths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Column column = schema.column(i);
      nullable[i] = column.type().nullable();
      defaulted[i] = column.defaultExpression() != null;
      if (!column.type().writable()) {
        unwritable.set(i);
        paths.add(List.of("\0unwritable"));
        continue;
      }
      literals[i] = literal(column);
      paths.add(path(column).keys());
    }
    root = PathNode.of(paths);
  }

  static JsonPath path(Column column) {
    return JsonPath.parse(
        column.jsonPath() == null ? "$.['" + column.name() + "']" : column.jsonPath());
  }

  /// The reader for a column's values: the type's, or one that picks values out of arrays.
  static ValueReader reader(Column column) {
    if (!column.type().writable()) {
      return ValueReader.of(new DataType.StringType());
    }
    return projected(path(column).inside(), 0, column.type());
  }

  private static ValueReader projected(List<List<String>> inside, int depth, DataType type) {
    if (depth < inside.size() && type.wire() instanceof DataType.Array(DataType element)) {
      return new ProjectionReader(
          inside.get(depth), projected(inside, depth + 1, element), element.nullable());
    }
    return ValueReader.of(type);
  }

  /// The text of a DEFAULT that the column's own reader understands as ClickHouse's cast would, so
  /// that ClickHouse need not be asked.
  private static byte @Nullable [] literal(Column column) {
    if (column.defaultExpression() == null) {
      return null;
    }
    Pattern form = literalOf(column.type().wire());
    Matcher matcher = form == null ? null : form.matcher(column.defaultExpression().strip());
    if (matcher == null || !matcher.matches()) {
      return null;
    }
    String text = form == TEXT ? matcher.group(1) : matcher.group().toLowerCase(Locale.ROOT);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ValueReader.of(column.type()).text(bytes, 0, bytes.length) ? bytes : null;
  }

  /// The literals that mean the same to ClickHouse's cast and to a type's reader. Not so: numbers
  /// for times and texts, fractions for decimals, which it takes for floats, and texts for times,
  /// which it does not read with its best effort.
  private static @Nullable Pattern literalOf(DataType wire) {
    return switch (wire) {
      case DataType.NullableOf(DataType inner) -> literalOf(inner);
      case DataType.Int _, DataType.Decimal _ -> WHOLE;
      case DataType.Float _ -> NUMBER;
      case DataType.Bool _ -> TRUTH;
      case DataType.StringType _, DataType.FixedString _, DataType.Enum _, DataType.Uuid _ -> TEXT;
      default -> null;
    };
  }
}
