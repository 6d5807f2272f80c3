// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

/// Takes the rows of a batch answer. Belongs to one thread.
@FunctionalInterface
interface BatchRows {
  void row(BatchRow row);
}
