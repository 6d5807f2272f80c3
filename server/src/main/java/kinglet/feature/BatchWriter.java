// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

/// Writes a batch answer in one format. Belongs to one thread.
interface BatchWriter extends BatchRows {
  /// The whole answer.
  BatchAnswer.Body end();
}
