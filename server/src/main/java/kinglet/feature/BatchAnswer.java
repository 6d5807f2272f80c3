// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import kinglet.feature.wire.UtcTime;

/// The answer to a batch call.
public final class BatchAnswer {
  private final BatchHead head;
  private final Body body;

  BatchAnswer(BatchHead head, Body body) {
    this.head = head;
    this.body = body;
  }

  /// The rows of an answer.
  public sealed interface Body {
    /// As they are sent.
    @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
    record Written(byte[] bytes) implements Body {}

    /// As ClickHouse is to write them.
    record Table(HandedTable rows) implements Body {}
  }

  public Body body() {
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
