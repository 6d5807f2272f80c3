// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

/// Where the tests of a project run: an empty place that is gone afterwards.
interface TestPlace extends AutoCloseable {
  ApiClient client();

  @Override
  void close();
}
