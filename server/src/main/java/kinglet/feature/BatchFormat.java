// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

/// How a batch answer is written.
public enum BatchFormat {
  JSON("application/json") {
    @Override
    BatchWriter writer(BatchHead head) {
      return new JsonBatch(head);
    }
  },
  NDJSON("application/x-ndjson") {
    @Override
    BatchWriter writer(BatchHead head) {
      return new NdjsonBatch(head);
    }
  },
  ROW_BINARY("application/x-row-binary") {
    @Override
    BatchWriter writer(BatchHead head) {
      return new RowBinaryBatch(head);
    }
  },
  ARROW("application/vnd.apache.arrow.stream") {
    @Override
    BatchWriter writer(BatchHead head) {
      return new TableBatch(head);
    }
  };

  private final String mediaType;

  BatchFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /// What an `Accept` header calls it.
  public String mediaType() {
    return mediaType;
  }

  abstract BatchWriter writer(BatchHead head);
}
