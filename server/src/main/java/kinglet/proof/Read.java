// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

/// One read of a case.
///
/// @param seenSeq the events until this sequence number have come in
/// @param key which of the case's keys is asked for
/// @param micros the time of the read
record Read(long seenSeq, int key, long micros) {}
