// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

/// An entity that is deleted, or was not long ago.
///
/// @param id of the job that does it
/// @param throughSeq rows until this sequence number are deleted
/// @param forgotten whether the state of every view that there was is rid of it
/// @param removed whether ClickHouse is, too
record EntityDeletion(
    String id,
    String workspaceId,
    NamedEntity entity,
    long throughSeq,
    boolean forgotten,
    boolean removed) {
  EntityDeletion asForgotten() {
    return new EntityDeletion(id, workspaceId, entity, throughSeq, true, false);
  }

  EntityDeletion asRemoved() {
    return new EntityDeletion(id, workspaceId, entity, throughSeq, true, true);
  }
}
