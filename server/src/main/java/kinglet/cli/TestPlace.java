// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.nio.file.Path;

/// Where the tests of a project run: an empty place that is gone afterwards.
interface TestPlace extends AutoCloseable {
  ApiClient client();

  /// Makes what the project expects of other workspaces.
  void prepare(Path project);

  @Override
  void close();
}
