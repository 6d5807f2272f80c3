// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Where entities are kept beside memory: bytes by key. Calls block in files, so they are made on
/// platform threads.
interface StateStore extends AutoCloseable {
  /// Changes made together, removals first.
  ///
  /// @param puts values by key
  /// @param removes keys
  record Batch(List<Map.Entry<byte[], byte[]>> puts, List<byte[]> removes) {}

  /// Makes changes, all or none, visible to [#find]; they are durable after the next [#sync].
  void write(Batch batch) throws IOException;

  /// Makes everything written durable.
  void sync() throws IOException;

  byte @Nullable [] find(byte[] key) throws IOException;

  /// The values of many keys, in their order.
  List<byte @Nullable []> find(List<byte[]> keys) throws IOException;

  /// Everything whose key begins with some bytes.
  default List<Map.Entry<byte[], byte[]>> scan(byte[] prefix) throws IOException {
    List<Map.Entry<byte[], byte[]>> found = new ArrayList<>();
    forEach(prefix, prefix, (key, value) -> found.add(Map.entry(key, value)));
    return found;
  }

  /// Hands on everything whose key begins with some bytes, in the order of keys and as it is at one
  /// moment, until nobody wants more.
  ///
  /// @param from the first key
  void forEach(byte[] prefix, byte[] from, BiPredicate<byte[], byte[]> entries) throws IOException;

  /// Removes everything whose key begins with some bytes.
  void removeAll(byte[] prefix) throws IOException;

  long bytes() throws IOException;

  @Override
  void close();
}
