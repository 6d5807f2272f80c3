// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that can be configured, with its defaults.
///
/// Keys in the file are the component names in lower case with dashes, one table for each section.
public record Config(
    @JsonPropertyDescription("Where the server listens and keeps its files.") Server server,
    @JsonPropertyDescription("Encryption of the listener; both files or neither.") Tls tls,
    @JsonPropertyDescription("What is logged, to standard error.") Log log,
    @JsonPropertyDescription("Limits of one ingestion request.") Ingest ingest,
    @JsonPropertyDescription("The journal of accepted rows.") Journal journal,
    @JsonPropertyDescription("How rows move from the journal into tables.") Flush flush,
    @JsonPropertyDescription("The ClickHouse engine process.") Engine engine,
    @JsonPropertyDescription("Limits of one query.") Query query,
    @JsonPropertyDescription("Feature views and how they are read.") Features features,
    @JsonPropertyDescription("How projects are read.") Deploy deploy,
    @JsonPropertyDescription("Background work.") Jobs jobs,
    @JsonPropertyDescription("How training sets are built.") Training training,
    @JsonPropertyDescription("Limits of one token; 0 means none.") Limits limits) {

  /// Keys that existed once: the old key, and what to do instead.
  static final Map<String, String> DEFUNCT_KEYS =
      Map.of("server.data", "it is called server.data-directory");

  public static Config defaults() {
    return new Config(
        new Server("127.0.0.1", 7181, Path.of("data"), 1024, TimeSpan.parse("10s")),
        new Tls(null, null),
        new Log(LogFormat.TEXT, LogLevel.INFO),
        new Ingest(
            DataSize.parse("10MiB"),
            DataSize.parse("64MiB"),
            DataSize.parse("8MiB"),
            1_000_000,
            DataSize.parse("256MiB"),
            DataSize.parse("10GiB"),
            false,
            true),
        new Journal(DataSize.parse("512MiB")),
        new Flush(TimeSpan.parse("1s"), DataSize.parse("64MiB"), TimeSpan.parse("60s")),
        new Engine(null, null, DataSize.parse("4GiB"), 4, 2),
        new Query(
            TimeSpan.parse("10s"),
            DataSize.parse("8KiB"),
            DataSize.parse("100MiB"),
            DataSize.parse("2GiB"),
            32),
        new Features(
            10_000,
            TimeSpan.parse("10s"),
            TimeSpan.parse("10m"),
            DataSize.parse("64MiB"),
            DataSize.parse("64MiB"),
            TimeSpan.parse("30s"),
            TimeSpan.parse("10s"),
            new DataSize(0),
            0.01,
            TimeSpan.parse("0s")),
        new Deploy(UnknownInstructions.ERROR, 100, TimeSpan.parse("20s")),
        new Jobs(4, 100, TimeSpan.parse("30d"), TimeSpan.parse("1h")),
        new Training(1_000_000, DataSize.parse("10GiB")),
        new Limits(0, new DataSize(0)));
  }

  /// The listener and the data directory.
  public record Server(
      @JsonPropertyDescription("Address to listen on; 0.0.0.0 for every interface.") String host,
      @JsonPropertyDescription("Port to listen on; 0 takes a free one.") int port,
      @JsonPropertyDescription("Directory of everything the server keeps.") Path dataDirectory,
      @JsonPropertyDescription("Open connections, each with a thread; more are refused.")
          int connectionsMax,
      @JsonPropertyDescription("How long a stop waits for requests under way.")
          TimeSpan drainTimeout) {
    public Server {
      check(port >= 0 && port <= 65_535, "server.port is a port number, 0 to 65535");
      check(connectionsMax > 0, "server.connections-max is at least 1");
    }
  }

  /// PEM files of the listener's certificate.
  public record Tls(
      @JsonPropertyDescription("PEM file with the certificate chain.") @Nullable Path certificate,
      @JsonPropertyDescription("PEM file with the PKCS#8 private key.") @Nullable Path privateKey) {
    public Tls {
      check(
          (certificate == null) == (privateKey == null),
          "tls.certificate and tls.private-key are set together");
    }

    public boolean enabled() {
      return certificate != null;
    }
  }

  /// One log line's shape.
  public enum LogFormat {
    TEXT,
    JSON
  }

  /// The least important line that is still written.
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /// Logging.
  public record Log(
      @JsonPropertyDescription("text for people, json for collectors.") LogFormat format,
      @JsonPropertyDescription("error, warn, info or debug.") LogLevel level) {}

  /// Limits of the ways in.
  public record Ingest(
      @JsonPropertyDescription("Body of one request as sent; more answers 413.")
          DataSize bodyBytesMax,
      @JsonPropertyDescription("Body of one request after decompression; more answers 413.")
          DataSize decodedBytesMax,
      @JsonPropertyDescription("One row; a longer one goes to quarantine.") DataSize rowBytesMax,
      @JsonPropertyDescription("Rows of one request; more answers 413.") int rowsMax,
      @JsonPropertyDescription("Bodies held in memory at once; more answers 503.")
          DataSize inFlightBytesMax,
      @JsonPropertyDescription("A file the server keeps while it imports it, unpacked.")
          DataSize fileBytesMax,
      @JsonPropertyDescription(
              "Whether url= and webhooks may point to this machine or to a private network.")
          boolean urlPrivateAddresses,
      @JsonPropertyDescription(
              "Whether events of a token with DATASOURCES:CREATE make the data source they name.")
          boolean createFromEvents) {
    public Ingest {
      check(
          bodyBytesMax.bytes() > 0 && bodyBytesMax.bytes() <= 1L << 30,
          "ingest.body-bytes-max is more than 0B and at most 1GiB");
      check(rowsMax > 0, "ingest.rows-max is at least 1");
    }
  }

  /// The journal's place on disk.
  public record Journal(
      @JsonPropertyDescription("Free disk space below which rows are refused; reads go on.")
          DataSize diskReserve) {}

  /// Pace of the flusher.
  public record Flush(
      @JsonPropertyDescription("Longest a row waits in the journal before it is inserted.")
          TimeSpan interval,
      @JsonPropertyDescription(
              "Memory the entries of one insert may take; a fuller journal is flushed at once.")
          DataSize bytesMax,
      @JsonPropertyDescription("How long a request with wait=true waits for its rows' insert.")
          TimeSpan waitTimeout) {}

  /// The engine process.
  public record Engine(
      @JsonPropertyDescription("File of libchdb; without it, the one installed beside Kinglet.")
          @Nullable Path library,
      @JsonPropertyDescription("Java home of the engine process; without it, the server's own.")
          @Nullable Path javaHome,
      @JsonPropertyDescription("Memory ClickHouse may use.") DataSize memoryMax,
      @JsonPropertyDescription("Connections for users' SQL, which is read only.") int readers,
      @JsonPropertyDescription("Connections for inserts.") int writers) {
    public Engine {
      check(readers > 0, "engine.readers is at least 1");
      check(writers > 0, "engine.writers is at least 1");
    }
  }

  /// Limits of user queries.
  public record Query(
      @JsonPropertyDescription("Longest run; a longer one answers 408.") TimeSpan timeout,
      @JsonPropertyDescription("Longest SQL text a caller may send.") DataSize sqlBytesMax,
      @JsonPropertyDescription("Largest answer.") DataSize resultBytesMax,
      @JsonPropertyDescription("Memory of one query.") DataSize memoryMax,
      @JsonPropertyDescription("Queries at once; more answers 429.") int concurrencyMax) {
    public Query {
      check(concurrencyMax > 0, "query.concurrency-max is at least 1");
    }
  }

  /// What an instruction of a data file that is not known does to a deployment.
  public enum UnknownInstructions {
    ERROR,
    WARNING
  }

  /// Deployments.
  public record Deploy(
      @JsonPropertyDescription("error refuses a file, warning passes over the line.")
          UnknownInstructions unknownInstructions,
      @JsonPropertyDescription("Deployments of a workspace whose files are kept to roll back to.")
          int filesKept,
      @JsonPropertyDescription("How long a call waits for its deployment, which goes on after it.")
          TimeSpan answerTimeout) {
    public Deploy {
      check(filesKept > 0, "deploy.files-kept is at least 1");
    }
  }

  /// Background work.
  public record Jobs(
      @JsonPropertyDescription("Jobs at once.") int workingMax,
      @JsonPropertyDescription("Jobs that wait; more answers 429.") int waitingMax,
      @JsonPropertyDescription("How long a job that has ended is remembered.") TimeSpan kept,
      @JsonPropertyDescription("How long the query of a copy may run.") TimeSpan copyTimeout) {
    public Jobs {
      check(workingMax > 0, "jobs.working-max is at least 1");
      check(waitingMax > 0, "jobs.waiting-max is at least 1");
    }
  }

  /// Training sets, and verifications, which replay history too.
  public record Training(
      @JsonPropertyDescription(
              "Events of the share of a view's entities that is replayed at once; more take more"
                  + " memory and less time.")
          int eventsPerShare,
      @JsonPropertyDescription(
              "Histories that wait on disk to be replayed, of all training sets and verifications together;"
                  + " a job that needs more fails.")
          DataSize historyBytesMax) {
    public Training {
      check(eventsPerShare > 0, "training.events-per-share is at least 1");
    }
  }

  /// Feature views.
  public record Features(
      @JsonPropertyDescription("Keys of one read; more answers 413.") int keysMax,
      @JsonPropertyDescription("How long one read may take.") TimeSpan timeout,
      @JsonPropertyDescription(
              "How far back as_of of a read may lie, for the widest window of a view.")
          TimeSpan asOfReach,
      @JsonPropertyDescription(
              "Values of one view that a query without keys hands to ClickHouse; more answers 413.")
          DataSize tableBytesMax,
      @JsonPropertyDescription(
              "Accepted rows that wait for feature views; with more, ingest calls wait before theirs are"
                  + " accepted.")
          DataSize queuedBytesMax,
      @JsonPropertyDescription(
              "How long an ingest call waits for that, and for its rows to be part of reads; longer answers"
                  + " 503.")
          TimeSpan applyTimeout,
      @JsonPropertyDescription(
              "How long after a checkpoint of the state of features the next one begins, unless so many events"
                  + " come in that a part is written before; what came in since is read again after a crash.")
          TimeSpan checkpointInterval,
      @JsonPropertyDescription(
              "Memory of features; above it entities not used lately are on disk alone. 0B: a quarter of the"
                  + " server's heap.")
          DataSize memoryMax,
      @JsonPropertyDescription(
              "Share of the keys, 0 to 1, whose reads are written to kinglet.feature_reads.")
          double servingLogShare,
      @JsonPropertyDescription(
              "How often what was written there since is verified, view by view. 0s: never.")
          TimeSpan verifyEvery) {
    public Features {
      check(
          checkpointInterval.duration().toMillis() >= 100
              && checkpointInterval.duration().toHours() <= 1,
          "features.checkpoint-interval is from 100ms to 1h");
      check(
          servingLogShare >= 0 && servingLogShare <= 1,
          "features.serving-log-share is from 0 to 1");
      check(keysMax > 0 && keysMax <= 1_000_000, "features.keys-max is from 1 to 1000000");
      check(
          !asOfReach.duration().isNegative() && asOfReach.duration().toDays() <= 365,
          "features.as-of-reach is at most 365d");
      check(queuedBytesMax.bytes() > 0, "features.queued-bytes-max is more than 0B");
      check(
          tableBytesMax.bytes() > 0 && tableBytesMax.bytes() <= 1L << 30,
          "features.table-bytes-max is more than 0B and at most 1GiB");
    }
  }

  /// Rates of one token.
  public record Limits(
      @JsonPropertyDescription("Requests each second; more answers 429.") int requestsPerSecond,
      @JsonPropertyDescription("Bytes of ingestion each second; more answers 429.")
          DataSize bytesPerSecond) {
    public Limits {
      check(requestsPerSecond >= 0, "limits.requests-per-second is not negative");
    }
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }
}
