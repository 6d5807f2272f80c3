// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import kinglet.error.PlatformException;
import kinglet.journal.Journal;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The deletions of entities that the journal, or ClickHouse, may still hold rows of: whoever makes
/// the state of a view leaves these out. Kept beside the journal, as JSON. Thread-safe.
final class EntityDeletions {
  private static final String KEY = "feature.deletions";
  private static final int OPEN_MAX = 1_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Journal journal;
  private List<EntityDeletion> deletions;

  EntityDeletions(Journal journal) {
    this.journal = journal;
    this.deletions =
        journal
            .metadata(KEY)
            .map(bytes -> JSON.readValue(bytes, new TypeReference<List<EntityDeletion>>() {}))
            .orElse(List.of());
  }

  synchronized Optional<EntityDeletion> find(String id) {
    return deletions.stream().filter(one -> one.id().equals(id)).findFirst();
  }

  synchronized List<EntityDeletion> of(String workspaceId) {
    return deletions.stream().filter(one -> one.workspaceId().equals(workspaceId)).toList();
  }

  /// Remembers a deletion as it stands now; those that nothing holds rows of any more are
  /// forgotten.
  synchronized void put(EntityDeletion deletion) {
    Predicate<EntityDeletion> needed = one -> !one.id().equals(deletion.id()) && isNeeded(one);
    List<EntityDeletion> changed = new ArrayList<>(deletions.stream().filter(needed).toList());
    if (isNeeded(deletion)) {
      changed.add(deletion);
    }
    if (changed.size() > OPEN_MAX) {
      throw new PlatformException(
          FeatureError.TOO_MANY_DELETIONS,
          OPEN_MAX + " entities are being deleted; try again in a moment");
    }
    journal.putMetadata(Map.of(KEY, JSON.writeValueAsBytes(changed)));
    deletions = List.copyOf(changed);
  }

  private boolean isNeeded(EntityDeletion deletion) {
    return !deletion.removed() || deletion.throughSeq() >= journal.firstSeq();
  }
}
