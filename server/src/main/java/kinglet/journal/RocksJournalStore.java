// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The store on RocksDB: the entries in one column family, metadata in another.
/* RocksDB as a log.
 *
 * An entry is written to the write-ahead log and to a memtable. The memtable becomes a file only
 * when the write buffer is full, and what a range deletion in the same memtable covers is left out
 * of that file: as long as the flusher keeps up, an entry is written once. When it does not keep up,
 * entries are written twice: keys only grow, so files never overlap and are moved, not merged.
 * Deleted files are dropped whole (`deleteFilesInRanges`), which RocksDB does from level 1 on only;
 * hence compaction of level 0 stays on and there are two levels.
 *
 * A torn record at the very end of the log is the trace of a crash and is left out; damage anywhere
 * else fails the opening instead of silently losing what follows.
 */
final class RocksJournalStore implements JournalStore {
  private static final byte[] ENTRIES = "entries".getBytes(StandardCharsets.UTF_8);
  private static final byte[] METADATA = RocksDB.DEFAULT_COLUMN_FAMILY;
  private static final long METADATA_BUFFER_BYTES = 1 << 20;
  private static final int WRITE_BUFFERS_MAX = 4;
  private static final long NEVER = 1L << 50;

  static {
    RocksDB.loadLibrary();
  }

  private final Object lock = new Object();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Set<RocksCursor> cursors = new HashSet<>();
  private final RocksDB database;
  private final ColumnFamilyHandle metadata;
  private final ColumnFamilyHandle entries;
  private final WriteOptions unsynced;
  private boolean closed;

  RocksJournalStore(Path directory, long writeBufferBytes) throws IOException {
    Files.createDirectories(directory);
    DBOptions options = keep(databaseOptions(writeBufferBytes));
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      database =
          RocksDB.open(
              options,
              directory.toString(),
              List.of(
                  new ColumnFamilyDescriptor(METADATA, keep(metadataOptions())),
                  new ColumnFamilyDescriptor(ENTRIES, keep(entryOptions(writeBufferBytes)))),
              handles);
    } catch (RocksDBException e) {
      closeResources();
      throw failure("opening " + directory, e);
    }
    metadata = handles.get(0);
    entries = handles.get(1);
    unsynced = keep(new WriteOptions());
  }

  private static DBOptions databaseOptions(long writeBufferBytes) {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setParanoidChecks(true)
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setAvoidFlushDuringRecovery(true)
        .setMaxTotalWalSize(WRITE_BUFFERS_MAX * writeBufferBytes)
        .setMaxBackgroundJobs(2)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setKeepLogFileNum(2)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  private static ColumnFamilyOptions metadataOptions() {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(METADATA_BUFFER_BYTES)
        .setCompressionType(CompressionType.NO_COMPRESSION);
  }

  private static ColumnFamilyOptions entryOptions(long writeBufferBytes) {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(writeBufferBytes)
        .setMaxWriteBufferNumber(WRITE_BUFFERS_MAX)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setCompactionStyle(CompactionStyle.LEVEL)
        .setNumLevels(2)
        .setLevelCompactionDynamicLevelBytes(false)
        .setLevel0FileNumCompactionTrigger(1)
        .setLevel0SlowdownWritesTrigger(1_000)
        .setLevel0StopWritesTrigger(2_000)
        .setTargetFileSizeBase(writeBufferBytes)
        .setMaxBytesForLevelBase(NEVER)
        .setSoftPendingCompactionBytesLimit(NEVER)
        .setHardPendingCompactionBytesLimit(NEVER);
  }

  @Override
  public void write(StoreBatch batch) throws IOException {
    try (WriteBatch changes = new WriteBatch()) {
      if (batch.deletes()) {
        changes.deleteRange(
            entries, EntryLayout.key(batch.deleteFrom()), EntryLayout.key(batch.deleteBelow()));
      }
      for (StoreBatch.Put put : batch.puts()) {
        changes.put(entries, EntryLayout.key(put.firstSeq()), put.value());
      }
      for (Map.Entry<String, byte[]> change : batch.metadata().entrySet()) {
        byte[] key = change.getKey().getBytes(StandardCharsets.UTF_8);
        if (change.getValue().length == 0) {
          changes.delete(metadata, key);
        } else {
          changes.put(metadata, key, change.getValue());
        }
      }
      database.write(unsynced, changes);
    } catch (RocksDBException e) {
      throw failure("writing", e);
    }
  }

  @Override
  public void sync() throws IOException {
    try {
      database.syncWal();
    } catch (RocksDBException e) {
      throw failure("syncing", e);
    }
  }

  @Override
  public StoreCursor scan(long fromSeq) throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new IOException("the journal is closed");
      }
      RocksCursor cursor = new RocksCursor(fromSeq);
      cursors.add(cursor);
      return cursor;
    }
  }

  @Override
  public OptionalLong floor(long seq) throws IOException {
    try (RocksIterator iterator = database.newIterator(entries)) {
      iterator.seekForPrev(EntryLayout.key(seq));
      if (iterator.isValid()) {
        return OptionalLong.of(EntryLayout.firstSeq(iterator.key()));
      }
      iterator.status();
      return OptionalLong.empty();
    } catch (RocksDBException e) {
      throw failure("reading", e);
    }
  }

  @Override
  public Map<String, byte[]> metadata() throws IOException {
    Map<String, byte[]> all = new HashMap<>();
    try (RocksIterator iterator = database.newIterator(metadata)) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        all.put(new String(iterator.key(), StandardCharsets.UTF_8), iterator.value());
      }
      iterator.status();
    } catch (RocksDBException e) {
      throw failure("reading metadata", e);
    }
    return all;
  }

  @Override
  public void release(long seq) throws IOException {
    synchronized (lock) {
      if (closed) {
        return;
      }
      try {
        database.deleteFilesInRanges(
            entries, List.of(EntryLayout.key(0), EntryLayout.key(seq)), false);
      } catch (RocksDBException e) {
        throw failure("dropping files", e);
      }
    }
  }

  @Override
  public long bytes() throws IOException {
    try {
      return database.getLongProperty(entries, "rocksdb.live-sst-files-size")
          + database.getLongProperty(entries, "rocksdb.size-all-mem-tables");
    } catch (RocksDBException e) {
      throw failure("measuring", e);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      List.copyOf(cursors).forEach(RocksCursor::close);
      entries.close();
      metadata.close();
      database.close();
      closeResources();
    }
  }

  private <T extends AutoCloseable> T keep(T resource) {
    resources.add(resource);
    return resource;
  }

  private void closeResources() {
    for (AutoCloseable resource : resources.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing an option of the journal's store failed", e);
      }
    }
  }

  private static IOException failure(String doing, RocksDBException cause) {
    String code = cause.getStatus() == null ? "" : " (" + cause.getStatus().getCodeString() + ")";
    return new IOException(doing + " failed" + code + ": " + cause.getMessage(), cause);
  }

  /// Guarded by its own lock against the store closing under it, which would end the process.
  private final class RocksCursor implements StoreCursor {
    private final ReadOptions options = new ReadOptions().setFillCache(false);
    private final RocksIterator iterator = database.newIterator(entries, options);
    private boolean started;
    private boolean ended;

    private RocksCursor(long fromSeq) throws IOException {
      byte[] key = EntryLayout.key(fromSeq);
      iterator.seekForPrev(key);
      if (!iterator.isValid()) {
        check();
        iterator.seek(key);
      }
    }

    @Override
    public synchronized boolean next() throws IOException {
      if (ended) {
        throw new IOException("the cursor is closed");
      }
      if (started) {
        iterator.next();
      }
      started = true;
      if (iterator.isValid()) {
        return true;
      }
      check();
      return false;
    }

    private void check() throws IOException {
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw failure("reading", e);
      }
    }

    @Override
    public synchronized long firstSeq() {
      return EntryLayout.firstSeq(iterator.key());
    }

    @Override
    public synchronized byte[] value() {
      return iterator.value();
    }

    @Override
    public void close() {
      synchronized (lock) {
        cursors.remove(this);
      }
      synchronized (this) {
        if (!ended) {
          ended = true;
          iterator.close();
          options.close();
        }
      }
    }
  }
}
