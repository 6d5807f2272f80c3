// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of the rows of an entity that are not in its tail any more; never changed.
///
/// @param tree the events that exact windows may see, and those that are not in the tracks yet
/// @param tracks a tree of tiles for each of the plan's tracks
/// @param trackedMicros the events until this time are in the tracks
/// @param reachMicros reads from this time on are answered
/// @param seenMicros the newest event until the time of the last change; [#NEVER] if there is none
record Folded(
    @Nullable Node tree,
    List<@Nullable Node> tracks,
    long trackedMicros,
    long reachMicros,
    long seenMicros) {
  static final long NEVER = Long.MIN_VALUE;

  private static final int OBJECT_BYTES = 64;

  static final Folded NOTHING = new Folded(null, List.of(), NEVER, NEVER, NEVER);

  /// The same, but reads before a time are not answered.
  Folded reaching(long micros) {
    return new Folded(tree, tracks, trackedMicros, micros, seenMicros);
  }

  /// About how many bytes of memory it takes.
  long bytes() {
    if (this == NOTHING) {
      return 0;
    }
    long bytes = OBJECT_BYTES + (tree == null ? 0 : tree.bytes());
    for (Node track : tracks) {
      bytes += Integer.BYTES + (track == null ? 0 : track.bytes());
    }
    return bytes;
  }

  @Nullable Node track(int index) {
    return tracks.isEmpty() ? null : tracks.get(index);
  }
}
