// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.List;

/// A pipe whose result is kept up to date in a data source, as ClickHouse knows it.
///
/// @param view the view's name in the workspace's database
/// @param source the data source whose new rows it sees
/// @param reads every data source it reads, the source included
public record MaterializedView(
    String pipe, String view, String source, String target, List<String> reads) {
  public MaterializedView {
    reads = List.copyOf(reads);
  }
}
