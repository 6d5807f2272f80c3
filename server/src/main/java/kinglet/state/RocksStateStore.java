// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The store on RocksDB. A filter in memory answers for keys that are not there.
final class RocksStateStore implements StateStore {
  private static final long WRITE_BUFFER_BYTES = 64L << 20;
  private static final long CACHE_BYTES = 32L << 20;
  private static final int FILTER_BITS = 10;

  static {
    RocksDB.loadLibrary();
  }

  private final List<AutoCloseable> resources = new ArrayList<>();
  private final RocksDB database;
  private final WriteOptions unsynced;

  /// Long reads leave the cache to short ones.
  private final ReadOptions uncached;

  private boolean closed;

  RocksStateStore(Path directory) throws IOException {
    Files.createDirectories(directory);
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setFilterPolicy(keep(new BloomFilter(FILTER_BITS)))
            .setBlockCache(keep(new LRUCache(CACHE_BYTES)))
            .setCacheIndexAndFilterBlocks(false);
    Options options =
        keep(new Options())
            .setCreateIfMissing(true)
            .setParanoidChecks(true)
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setMaxBackgroundJobs(2)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0)
            .setTableFormatConfig(table);
    unsynced = keep(new WriteOptions());
    uncached = keep(new ReadOptions()).setFillCache(false);
    try {
      database = RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      closeResources();
      throw failure("opening " + directory, e);
    }
  }

  private <T extends AutoCloseable> T keep(T resource) {
    resources.add(resource);
    return resource;
  }

  @Override
  public void write(Batch batch) throws IOException {
    try (WriteBatch changes = new WriteBatch()) {
      for (byte[] removed : batch.removes()) {
        changes.delete(removed);
      }
      for (Map.Entry<byte[], byte[]> put : batch.puts()) {
        changes.put(put.getKey(), put.getValue());
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
  public byte @Nullable [] find(byte[] key) throws IOException {
    try {
      return database.get(key);
    } catch (RocksDBException e) {
      throw failure("reading", e);
    }
  }

  @Override
  public List<byte @Nullable []> find(List<byte[]> keys) throws IOException {
    try {
      List<byte @Nullable []> values = new ArrayList<>(keys.size());
      values.addAll(database.multiGetAsList(keys));
      return values;
    } catch (RocksDBException e) {
      throw failure("reading", e);
    }
  }

  @Override
  public void forEach(byte[] prefix, byte[] from, BiPredicate<byte[], byte[]> entries)
      throws IOException {
    try (RocksIterator iterator = database.newIterator(uncached)) {
      boolean more = true;
      for (iterator.seek(from); more && iterator.isValid(); iterator.next()) {
        byte[] key = iterator.key();
        more = startsWith(key, prefix) && entries.test(key, iterator.value());
      }
      iterator.status();
    } catch (RocksDBException e) {
      throw failure("reading", e);
    }
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  @Override
  public void removeAll(byte[] prefix) throws IOException {
    byte[] end = prefix.clone();
    end[end.length - 1]++;
    try {
      database.deleteRange(prefix, end);
    } catch (RocksDBException e) {
      throw failure("removing", e);
    }
  }

  @Override
  public long bytes() throws IOException {
    try {
      return database.getLongProperty("rocksdb.live-sst-files-size")
          + database.getLongProperty("rocksdb.size-all-mem-tables");
    } catch (RocksDBException e) {
      throw failure("measuring", e);
    }
  }

  private static IOException failure(String what, RocksDBException cause) {
    return new IOException(what + " of the state of features failed", cause);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      database.flush(options);
    } catch (RocksDBException e) {
      throw new IllegalStateException("the state of features can't be closed", e);
    } finally {
      database.close();
      closeResources();
    }
  }

  private void closeResources() {
    for (AutoCloseable resource : resources.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("a resource of RocksDB can't be closed", e);
      }
    }
  }
}
