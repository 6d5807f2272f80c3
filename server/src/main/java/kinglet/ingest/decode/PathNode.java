// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A key on the way to columns: a tree of all columns' paths. Built once, then only read.
final class PathNode {
  final byte[] key;

  /// The columns whose value stands here.
  final int[] columns;

  final PathNode[] children;
  private final ByteTable table;

  private PathNode(Builder builder) {
    this.key = builder.key.getBytes(StandardCharsets.UTF_8);
    this.columns = builder.columns.stream().mapToInt(Integer::intValue).toArray();
    this.children = builder.children.stream().map(PathNode::new).toArray(PathNode[]::new);
    this.table = new ByteTable(children.length);
    for (int i = 0; i < children.length; i++) {
      table.put(children[i].key, i);
    }
  }

  /// The tree in which column `i` stands at `paths.get(i)`; null paths are left out.
  static PathNode of(List<List<String>> paths) {
    Builder root = new Builder("");
    for (int column = 0; column < paths.size(); column++) {
      Builder node = root;
      for (String key : paths.get(column)) {
        node = node.child(key);
      }
      node.columns.add(column);
    }
    return new PathNode(root);
  }

  /// The index of the child with this key, or -1.
  int find(byte[] text, int from, int to) {
    return table.find(text, from, to);
  }

  /// Whether `text[from, end)` begins with the key of child `index` and a closing quote.
  boolean isNext(int index, byte[] text, int from, int end) {
    if (index >= children.length) {
      return false;
    }
    byte[] expected = children[index].key;
    int to = from + expected.length;
    return to < end
        && text[to] == '"'
        && Arrays.equals(expected, 0, expected.length, text, from, to);
  }

  private static final class Builder {
    private final String key;
    private final List<Integer> columns = new ArrayList<>();
    private final List<Builder> children = new ArrayList<>();

    Builder(String key) {
      this.key = key;
    }

    Builder child(String name) {
      for (Builder child : children) {
        if (child.key.equals(name)) {
          return child;
        }
      }
      Builder child = new Builder(name);
      children.add(child);
      return child;
    }
  }
}
