// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// What a schema says of its columns, as a decoder needs it. Immutable, shared by decoders.
final class Columns {
  private static final Pattern LITERAL =
      Pattern.compile("(?i)-?\\d+(\\.\\d+)?|true|false|'((?:[^'\\\\])*)'");

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

  /// The text of a DEFAULT that the column's own reader understands, so that ClickHouse need not be
  /// asked.
  private static byte @Nullable [] literal(Column column) {
    if (column.defaultExpression() == null) {
      return null;
    }
    Matcher matcher = LITERAL.matcher(column.defaultExpression().strip());
    if (!matcher.matches()) {
      return null;
    }
    String text = matcher.group(2) == null ? matcher.group() : matcher.group(2);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ValueReader reader = ValueReader.of(column.type());
    boolean fits = reader.text(bytes, 0, bytes.length);
    reader.streams(new ArrayList<Bytes>());
    return fits ? bytes : null;
  }
}
