// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.ArrayList;
import java.util.List;
import kinglet.error.PlatformException;
import kinglet.type.TypeError;

/// Where a column's value stands in a JSON row: `$`, `$.a.b`, `$.a[:]`, `$.a[:].b`, `$.['odd
/// key']`.
///
/// @param keys from the row down to the value, or to the array whose elements are projected
/// @param inside the keys inside each element, for each array on the way; empty without arrays
record JsonPath(List<String> keys, List<List<String>> inside) {
  JsonPath {
    keys = List.copyOf(keys);
    inside = List.copyOf(inside);
  }

  static JsonPath parse(String path) {
    if (!path.startsWith("$")) {
      throw wrong(path, 0);
    }
    List<String> keys = new ArrayList<>();
    List<List<String>> inside = new ArrayList<>();
    List<String> current = keys;
    int at = 1;
    while (at < path.length()) {
      if (path.startsWith("[:]", at)) {
        current = new ArrayList<>();
        inside.add(current);
        at += 3;
      } else if (path.startsWith("['", at) || path.startsWith(".['", at)) {
        int start = path.indexOf('\'', at) + 1;
        int end = path.indexOf("']", start);
        if (end < 0) {
          throw wrong(path, at);
        }
        current.add(path.substring(start, end));
        at = end + 2;
      } else if (path.charAt(at) == '.') {
        int end = at + 1;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
          end++;
        }
        if (end == at + 1) {
          throw wrong(path, at);
        }
        current.add(path.substring(at + 1, end));
        at = end;
      } else {
        throw wrong(path, at);
      }
    }
    // An array of plain values is read whole: its last [:] says nothing more.
    if (!inside.isEmpty() && inside.getLast().isEmpty()) {
      inside.removeLast();
    }
    return new JsonPath(keys, inside.stream().map(List::copyOf).toList());
  }

  private static PlatformException wrong(String path, int at) {
    return new PlatformException(
        TypeError.INVALID_SCHEMA,
        "The JSON path '"
            + path
            + "' is wrong at character "
            + (at + 1)
            + "; paths look like $.key, $.key.inner, $.list[:], $.list[:].key or $.['odd key']");
  }
}
