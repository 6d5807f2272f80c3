// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.List;

/// One block made of many, and where its rows came from, in the order of the rows.
public record MergedBlock(Block block, List<RowRun> runs) {
  public MergedBlock {
    runs = List.copyOf(runs);
    long rows = runs.stream().mapToLong(RowRun::rows).sum();
    if (rows != block.rows()) {
      throw new IllegalStateException(
          "A merged block of " + block.rows() + " rows whose runs have " + rows);
    }
  }
}
