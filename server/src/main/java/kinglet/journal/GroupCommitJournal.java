// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;
import kinglet.time.MicrosClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal over a store: one thread turns everything that waits into one synced group.
///
/// The thread `journal-writer` owns the next sequence number, the last ingestion time and the
/// listeners. Callers hand it requests and wait.
final class GroupCommitJournal implements Journal {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommitJournal.class);

  private static final String FORMAT_KEY = "journal.format";
  private static final String ID_KEY = "journal.id";
  private static final byte FORMAT = 1;

  private final JournalStore store;
  private final JournalSettings settings;
  private final MicrosClock clock;
  private final DiskGuard disk;
  private final JournalMeters meters;
  private final CommitQueue queue;
  private final Map<String, byte[]> metadata = new ConcurrentHashMap<>();
  private final Thread writer;

  private volatile long firstSeq;
  private volatile long committedSeq;
  private volatile long storedBytes;
  private volatile @Nullable Throwable failure;
  private volatile boolean closed;

  // Owned by the writer thread.
  private final List<JournalListener> listeners = new ArrayList<>();
  private long nextSeq;
  private long ingestedMicros;
  private long measureDueMicros = Long.MIN_VALUE;

  GroupCommitJournal(
      JournalStore store,
      JournalSettings settings,
      MicrosClock clock,
      DiskGuard disk,
      JournalMeters meters)
      throws IOException {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.disk = disk;
    this.meters = meters;
    this.queue = new CommitQueue(settings.queueRequestsMax(), settings.queueBytesMax());
    metadata.putAll(store.metadata());
    checkFormat();
    Position position = recover();
    firstSeq = position.firstSeq();
    nextSeq = position.nextSeq();
    ingestedMicros = position.ingestedMicros();
    committedSeq = nextSeq - 1;
    meters.watch(this::health, queue::size);
    writer = Threads.platform("journal-writer", this::run);
  }

  private void checkFormat() throws IOException {
    byte[] format = metadata.get(FORMAT_KEY);
    if (format == null) {
      StoreBatch batch = new StoreBatch();
      byte[] id = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
      Map<String, byte[]> birth = Map.of(FORMAT_KEY, new byte[] {FORMAT}, ID_KEY, id);
      batch.putMetadata(birth);
      store.write(batch);
      store.sync();
      metadata.putAll(birth);
    } else if (format.length != 1 || format[0] != FORMAT) {
      throw new IOException(
          "the journal's format is not " + FORMAT + "; it was written by another version");
    }
  }

  /// Where to go on: after the last entry, or where the last trim left an empty journal.
  private Position recover() throws IOException {
    byte[] kept = metadata.get(Position.KEY);
    Position position = kept == null ? Position.START : Position.decode(kept);
    OptionalLong last = store.floor(Long.MAX_VALUE);
    if (last.isEmpty() || last.getAsLong() < position.firstSeq()) {
      if (position.nextSeq() != position.firstSeq()) {
        throw new CorruptEntryException(
            "the entries from " + position.firstSeq() + " on are missing");
      }
      return position;
    }
    try (JournalStore.StoreCursor cursor = store.scan(last.getAsLong())) {
      if (!cursor.next()) {
        throw new CorruptEntryException("entry " + last.getAsLong() + " is missing");
      }
      StoredEntry entry = EntryLayout.decode(cursor.firstSeq(), cursor.value());
      long next = entry.lastSeq() + 1;
      if (next < position.nextSeq()) {
        throw new CorruptEntryException("the entries from " + next + " on are missing");
      }
      return new Position(position.firstSeq(), next, entry.ingestedMicros());
    }
  }

  @Override
  public String id() {
    byte[] id = metadata.get(ID_KEY);
    if (id == null) {
      throw new IllegalStateException("the journal has lost its id");
    }
    return new String(id, StandardCharsets.UTF_8);
  }

  @Override
  public Appended append(List<JournalEntry> entries, Map<String, byte[]> changes) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("an append has at least one entry");
    }
    long bytes = 0;
    for (JournalEntry entry : entries) {
      bytes += entry.payload().length + EntryLayout.HEADER_BYTES;
    }
    refuseUnlessOpen();
    if (bytes > settings.queueBytesMax()) {
      throw new PlatformException(
          JournalError.APPEND_TOO_LARGE,
          "the rows take " + bytes + " bytes; at most " + settings.queueBytesMax() + " are taken");
    }
    if (disk.isFull()) {
      throw new PlatformException(JournalError.DISK_FULL, disk.detail());
    }
    List<byte[]> values = new ArrayList<>(entries.size());
    for (JournalEntry entry : entries) {
      values.add(EntryLayout.encode(entry));
    }
    return submit(
        new CommitRequest.Append(
            List.copyOf(entries),
            values,
            Map.copyOf(changes),
            bytes,
            new CompletableFuture<Appended>()),
        CommitRequest.Append::result);
  }

  @Override
  public void putMetadata(Map<String, byte[]> changes) {
    refuseUnlessOpen();
    Boolean unused =
        submit(
            new CommitRequest.ChangeMetadata(Map.copyOf(changes), new CompletableFuture<>()),
            CommitRequest.ChangeMetadata::result);
  }

  @Override
  public Optional<byte[]> metadata(String key) {
    return Optional.ofNullable(metadata.get(key)).map(byte[]::clone);
  }

  @Override
  public void trim(long belowSeq) {
    refuseUnlessOpen();
    long kept =
        submit(
            new CommitRequest.Trim(belowSeq, new CompletableFuture<>()),
            CommitRequest.Trim::result);
    try {
      store.release(kept);
    } catch (IOException e) {
      // The entries are gone already; their space comes back with a later trim.
      LOG.atWarn().setCause(e).addKeyValue("below_seq", kept).log("journal space not released");
    }
  }

  @Override
  public long addListener(JournalListener listener) {
    refuseUnlessOpen();
    return submit(
        new CommitRequest.Register(listener, new CompletableFuture<>()),
        CommitRequest.Register::result);
  }

  @Override
  public JournalCursor read(long fromSeq) {
    if (fromSeq < firstSeq) {
      throw new PlatformException(
          JournalError.JOURNAL_TRIMMED,
          "sequence number " + fromSeq + " is trimmed; the first kept one is " + firstSeq);
    }
    return new CheckedCursor(store, fromSeq, committedSeq);
  }

  @Override
  public long committedSeq() {
    return committedSeq;
  }

  @Override
  public long firstSeq() {
    return firstSeq;
  }

  @Override
  public JournalHealth health() {
    Throwable cause = failure;
    if (closed) {
      return health(JournalState.CLOSED, "the journal is closed");
    }
    if (cause != null) {
      return health(JournalState.FAILED, failureDetail(cause));
    }
    return disk.isFull()
        ? health(JournalState.DISK_FULL, disk.detail())
        : health(JournalState.ACCEPTING, "");
  }

  private JournalHealth health(JournalState state, String detail) {
    return new JournalHealth(state, detail, firstSeq, committedSeq, storedBytes);
  }

  private static String failureDetail(Throwable cause) {
    return "a write to the journal failed ("
        + cause.getMessage()
        + "); check the disk and start the server again";
  }

  @Override
  public void close() {
    closed = true;
    queue.close();
    try {
      if (!writer.join(settings.appendTimeout())) {
        LOG.atError().log("journal writer does not end; its store stays open");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    store.close();
  }

  private void refuseUnlessOpen() {
    Throwable cause = failure;
    if (cause != null) {
      throw new PlatformException(JournalError.JOURNAL_FAILED, failureDetail(cause), cause);
    }
    if (closed) {
      throw closedFailure();
    }
  }

  private static PlatformException closedFailure() {
    return new PlatformException(
        JournalError.JOURNAL_CLOSED, "the journal is closed; the server is stopping");
  }

  private <R extends CommitRequest, T> T submit(
      R request, Function<R, CompletableFuture<T>> result) {
    switch (queue.offer(request)) {
      case TAKEN -> {}
      case FULL ->
          throw new PlatformException(
              JournalError.JOURNAL_BUSY, "too many appends wait for the journal; try again later");
      case CLOSED -> throw closedFailure();
    }
    try {
      return result.apply(request).get(settings.appendTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new PlatformException(JournalError.JOURNAL_FAILED, failureDetail(cause), cause);
    } catch (TimeoutException e) {
      throw new PlatformException(
          JournalError.JOURNAL_TIMEOUT,
          "the journal did not answer within " + settings.appendTimeout().toSeconds() + " s",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(
          JournalError.JOURNAL_TIMEOUT, "interrupted while waiting for the journal", e);
    }
  }

  private void run() {
    while (true) {
      List<CommitRequest> group = queue.takeGroup(settings.groupBytesMax());
      if (group.isEmpty()) {
        return;
      }
      Throwable failed = failure;
      if (failed != null) {
        reject(group, failed);
        continue;
      }
      try {
        commit(group);
      } catch (Exception e) {
        failure = e;
        LOG.atError().setCause(e).log("journal failed; it accepts nothing until the next start");
        reject(group, e);
      }
    }
  }

  private static void reject(List<CommitRequest> group, Throwable cause) {
    for (CommitRequest request : group) {
      request.result().completeExceptionally(cause);
    }
  }

  private void commit(List<CommitRequest> group) throws IOException {
    StoreBatch batch = new StoreBatch();
    List<StoredEntry> stored = new ArrayList<>();
    List<Runnable> releases = new ArrayList<>(group.size());
    Map<String, byte[]> changes = new HashMap<>();
    long groupFirstSeq = nextSeq;
    long groupMicros = Math.max(ingestedMicros, clock.nowMicros());
    for (CommitRequest request : group) {
      releases.add(
          switch (request) {
            case CommitRequest.Append append -> {
              changes.putAll(append.changes());
              yield place(append, groupMicros, batch, stored);
            }
            case CommitRequest.ChangeMetadata change -> {
              changes.putAll(change.changes());
              yield () -> change.result().complete(true);
            }
            case CommitRequest.Trim trim -> trim(trim, batch, changes);
            case CommitRequest.Register register -> {
              listeners.add(register.listener());
              long fromSeq = groupFirstSeq;
              yield () -> register.result().complete(fromSeq);
            }
          });
    }
    batch.putMetadata(changes);
    write(batch, stored);
    ingestedMicros = stored.isEmpty() ? ingestedMicros : groupMicros;
    committedSeq = nextSeq - 1;
    publish(changes);
    if (!stored.isEmpty()) {
      CommittedGroup committed =
          new CommittedGroup(groupFirstSeq, committedSeq, groupMicros, List.copyOf(stored));
      for (JournalListener listener : listeners) {
        listener.committed(committed);
      }
    }
    CrashPoints.reach("journal.before-release");
    releases.forEach(Runnable::run);
    measure(groupMicros);
  }

  private Runnable place(
      CommitRequest.Append append, long groupMicros, StoreBatch batch, List<StoredEntry> stored) {
    long appendFirstSeq = nextSeq;
    for (int i = 0; i < append.entries().size(); i++) {
      JournalEntry entry = append.entries().get(i);
      byte[] value = append.values().get(i);
      EntryLayout.place(value, nextSeq, groupMicros);
      batch.put(nextSeq, value);
      stored.add(
          new StoredEntry(
              nextSeq,
              groupMicros,
              entry.dataSourceId(),
              entry.schemaVersion(),
              entry.kind(),
              entry.rows(),
              entry.payload()));
      nextSeq = Math.addExact(nextSeq, entry.rows());
    }
    Appended appended = new Appended(appendFirstSeq, nextSeq - 1, groupMicros);
    return () -> append.result().complete(appended);
  }

  /// Trims at the start of the entry that holds the asked row; rows of the group itself stay.
  private Runnable trim(CommitRequest.Trim trim, StoreBatch batch, Map<String, byte[]> changes)
      throws IOException {
    long below = Math.min(trim.belowSeq(), committedSeq + 1);
    if (below <= committedSeq) {
      below = store.floor(below).orElse(firstSeq);
    }
    long kept = Math.max(firstSeq, below);
    if (kept > firstSeq) {
      batch.delete(firstSeq, kept);
      firstSeq = kept;
      Position position = new Position(kept, committedSeq + 1, ingestedMicros);
      changes.put(Position.KEY, position.encode());
    }
    return () -> trim.result().complete(kept);
  }

  private void write(StoreBatch batch, List<StoredEntry> stored) throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    CrashPoints.reach("journal.before-append");
    store.write(batch);
    CrashPoints.reach("journal.after-append");
    long startNanos = System.nanoTime();
    store.sync();
    meters.synced(System.nanoTime() - startNanos, stored);
    CrashPoints.reach("journal.after-fsync");
  }

  private void publish(Map<String, byte[]> changes) {
    changes.forEach((key, value) -> {
      if (value.length == 0) {
        metadata.remove(key);
      } else {
        metadata.put(key, value);
      }
    });
  }

  private void measure(long nowMicros) throws IOException {
    if (nowMicros >= measureDueMicros) {
      measureDueMicros = nowMicros + TimeUnit.SECONDS.toMicros(1);
      storedBytes = store.bytes();
    }
  }
}
