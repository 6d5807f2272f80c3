// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import kinglet.clickhouse.EngineState;
import kinglet.clickhouse.EngineSupervisor;
import kinglet.feature.Features;
import kinglet.http.ServerState;
import kinglet.ingest.flush.FlushHealth;
import kinglet.ingest.flush.Flusher;
import kinglet.journal.Journal;
import kinglet.journal.JournalHealth;
import kinglet.journal.JournalState;

/// What the parts of the server say about themselves.
final class PartsState implements ServerState {
  private final Journal journal;
  private final Flusher flusher;
  private final EngineSupervisor engine;
  private final Features features;

  PartsState(Journal journal, Flusher flusher, EngineSupervisor engine, Features features) {
    this.features = features;
    this.journal = journal;
    this.flusher = flusher;
    this.engine = engine;
  }

  @Override
  public boolean healthy() {
    return journal.health().state() == JournalState.ACCEPTING;
  }

  @Override
  public boolean ready() {
    return healthy() && engine.state() == EngineState.RUNNING && features.recovering() == 0;
  }

  @Override
  public Map<String, Object> details() {
    JournalHealth health = journal.health();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("state", health.state().name().toLowerCase(Locale.ROOT));
    shape.put("detail", health.detail());
    shape.put("first_seq", health.firstSeq());
    shape.put("committed_seq", health.committedSeq());
    shape.put("bytes", health.bytes());
    FlushHealth flush = flusher.health();
    Map<String, Object> flushShape = new LinkedHashMap<>();
    flushShape.put("flushed_seq", flush.flushedSeq());
    flushShape.put("waiting_rows", flush.waitingRows());
    flushShape.put("failure", flush.failure());
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("journal", shape);
    details.put("flush", flushShape);
    details.put("engine", Map.of("state", engine.state().name().toLowerCase(Locale.ROOT)));
    long recovering = features.recovering();
    Map<String, Object> featureShape = new LinkedHashMap<>();
    featureShape.put("state", recovering == 0 ? "running" : "recovering");
    featureShape.put("recovering_views", recovering);
    details.put("features", featureShape);
    return details;
  }
}
