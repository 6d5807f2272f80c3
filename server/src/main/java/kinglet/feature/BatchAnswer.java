// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import kinglet.feature.wire.UtcTime;

/// The answer to a batch call.
public final class BatchAnswer {
  private final BatchHead head;
  private final byte[] body;

  BatchAnswer(BatchHead head, byte[] body) {
    this.head = head;
    this.body = body;
  }

  public byte[] body() {
    return body;
  }

  /// The version of the feature view or service.
  public int version() {
    return head.version();
  }

  /// The time of the read.
  public String asOf() {
    return UtcTime.of(head.asOfMicros());
  }

  /// Until where in the journal rows take part, at least.
  public long journalSeq() {
    return head.journalSeq();
  }
}
