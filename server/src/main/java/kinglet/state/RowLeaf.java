// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

/// Rows in the order of (time, sequence number); never changed.
@SuppressWarnings("ArrayRecordComponent") // never compared
record RowLeaf(long[] words, Object[] objects) {}
