// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.EngineSettings;
import kinglet.config.Config;
import kinglet.feature.Features;
import kinglet.feature.HistoryFiles;
import kinglet.feature.Replays;
import kinglet.http.BodyLimits;
import kinglet.http.HttpSettings;
import kinglet.http.TlsFiles;
import kinglet.ingest.decode.DecodeLimits;
import kinglet.ingest.file.FileDirectory;
import kinglet.ingest.flush.FlushSettings;
import kinglet.job.JobLimits;
import kinglet.journal.JournalSettings;
import kinglet.query.QueryLimits;
import kinglet.state.StateSettings;

/// The configuration as the settings each room takes.
record RoomSettings(Config config) {
  /// Features may take this part of the heap.
  private static final int FEATURES_MEMORY_SHARE = 4;

  JournalSettings journal(DataDirectory data) {
    JournalSettings standard = JournalSettings.in(data.journal());
    return new JournalSettings(
        standard.directory(),
        standard.queueRequestsMax(),
        standard.queueBytesMax(),
        standard.groupBytesMax(),
        standard.writeBufferBytes(),
        config.journal().diskReserve().bytes(),
        standard.diskCheckInterval(),
        standard.appendTimeout());
  }

  FileDirectory files(DataDirectory data) {
    return new FileDirectory(
        data.imports(),
        config.ingest().fileBytesMax().bytes(),
        config.journal().diskReserve().bytes());
  }

  FileDirectory spines(DataDirectory data) {
    return new FileDirectory(
        data.training(),
        config.ingest().fileBytesMax().bytes(),
        config.journal().diskReserve().bytes());
  }

  Replays replays(ClickHouse clickHouse, DataDirectory data) {
    Config.Training training = config.training();
    return new Replays(
        clickHouse,
        new HistoryFiles(data.replay(), training.historyBytesMax().bytes()),
        training.eventsPerShare());
  }

  FlushSettings flush() {
    FlushSettings standard = FlushSettings.standard();
    return new FlushSettings(
        config.flush().interval().duration(),
        config.flush().bytesMax().bytes(),
        standard.rowsMax(),
        standard.insertTimeout(),
        standard.patience(),
        standard.backoffMin(),
        standard.backoffMax());
  }

  EngineSettings engine(DataDirectory data) {
    Installation installation = Installation.find();
    Config.Engine configured = config.engine();
    Path library = configured.library() == null ? installation.library() : configured.library();
    EngineSettings settings =
        EngineSettings.of(library, data.engine(), installation.engineClassPath())
            .withMemoryBytesMax(configured.memoryMax().bytes())
            .withConnections(configured.readers(), configured.writers())
            .withQueryTimeout(config.query().timeout().duration());
    return configured.javaHome() == null ? settings : settings.withJavaHome(configured.javaHome());
  }

  HttpSettings http() {
    Config.Tls tls = config.tls();
    Optional<TlsFiles> files =
        tls.certificate() == null || tls.privateKey() == null
            ? Optional.empty()
            : Optional.of(TlsFiles.read(tls.certificate(), tls.privateKey()));
    return new HttpSettings(
        config.server().host(),
        config.server().port(),
        config.server().connectionsMax(),
        config.server().drainTimeout().duration(),
        files);
  }

  QueryLimits query() {
    Config.Query query = config.query();
    return new QueryLimits(
        query.timeout().duration(),
        query.memoryMax().bytes(),
        query.resultBytesMax().bytes(),
        Math.toIntExact(query.sqlBytesMax().bytes()),
        query.concurrencyMax(),
        QueryLimits.DEFAULTS.threadsMax());
  }

  /// Their rows become a file to import.
  QueryLimits copies() {
    QueryLimits query = query();
    return new QueryLimits(
        config.jobs().copyTimeout().duration(),
        query.memoryBytesMax(),
        config.ingest().fileBytesMax().bytes(),
        query.sqlBytesMax(),
        config.jobs().workingMax(),
        query.threadsMax());
  }

  /// Half of the readers serve those who wait.
  int copiesMax() {
    return Math.max(1, config.engine().readers() / 2);
  }

  /// One thread that owns keys for each core.
  StateSettings state() {
    Runtime runtime = Runtime.getRuntime();
    long memory = config.features().memoryMax().bytes();
    return new StateSettings(
        runtime.availableProcessors(),
        memory == 0 ? runtime.maxMemory() / FEATURES_MEMORY_SHARE : memory,
        config.features().checkpointInterval().duration());
  }

  /// How far back reads of features reach.
  long asOfMicros() {
    return ChronoUnit.MICROS.between(
        Instant.EPOCH, Instant.EPOCH.plus(config.features().asOfReach().duration()));
  }

  Features.Limits features() {
    return new Features.Limits(
        asOfMicros(),
        config.features().queuedBytesMax().bytes(),
        config.features().applyTimeout().duration());
  }

  JobLimits jobs() {
    Config.Jobs jobs = config.jobs();
    return new JobLimits(jobs.workingMax(), jobs.waitingMax(), jobs.kept().duration());
  }

  DecodeLimits decoding() {
    Config.Ingest ingest = config.ingest();
    return new DecodeLimits(Math.toIntExact(ingest.rowBytesMax().bytes()), ingest.rowsMax());
  }

  BodyLimits bodies() {
    Config.Ingest ingest = config.ingest();
    return new BodyLimits(
        ingest.bodyBytesMax().bytes(),
        ingest.decodedBytesMax().bytes(),
        ingest.inFlightBytesMax().bytes());
  }
}
