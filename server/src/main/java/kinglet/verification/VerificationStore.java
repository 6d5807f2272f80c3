// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.database.Database;

/// Rows of the tables `verification_part` and `verification_share`. What a method wrote is on disk
/// when it returns.
record VerificationStore(Database database) {
  /// A part that was begun.
  ///
  /// @param throughSeq rows of the journal after it do not count
  /// @param startMicros when all keys were read, if they were
  /// @param shares in how many it is compared
  /// @param tally what came of it, as JSON, once it is reported
  record Begun(long throughSeq, long startMicros, int shares, Optional<String> tally) {}

  Optional<Begun> find(String jobId, String part) {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM verification_part WHERE job_id = ? AND part = ?")
            .bind(0, jobId)
            .bind(1, part)
            .map((row, _) ->
                new Begun(
                    row.getLong("through_seq"),
                    row.getLong("start_micros"),
                    row.getInt("shares"),
                    Optional.ofNullable(row.getString("tally"))))
            .findOne());
  }

  void add(String jobId, String part, Begun begun) {
    database.write(handle ->
        handle.execute(
            "INSERT INTO verification_part (job_id, part, through_seq, start_micros, shares) VALUES"
                + " (?, ?, ?, ?, ?)",
            jobId,
            part,
            begun.throughSeq(),
            begun.startMicros(),
            begun.shares()));
  }

  void setTally(String jobId, String part, String tally) {
    database.write(handle ->
        handle.execute(
            "UPDATE verification_part SET tally = ? WHERE job_id = ? AND part = ?",
            tally,
            jobId,
            part));
  }

  void addShare(String jobId, String part, int share, String tally) {
    database.write(handle ->
        handle.execute(
            "INSERT INTO verification_share (job_id, part, share, tally) VALUES (?, ?, ?, ?)",
            jobId,
            part,
            share,
            tally));
  }

  /// What came of the shares that are compared.
  Map<Integer, String> shares(String jobId, String part) {
    return database.read(handle ->
        handle
            .createQuery(
                "SELECT share, tally FROM verification_share WHERE job_id = ? AND part = ?")
            .bind(0, jobId)
            .bind(1, part)
            .map((row, _) -> Map.entry(row.getInt("share"), row.getString("tally")))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  void forget(String jobId) {
    database.write(
        handle -> handle.execute("DELETE FROM verification_part WHERE job_id = ?", jobId));
  }
}
