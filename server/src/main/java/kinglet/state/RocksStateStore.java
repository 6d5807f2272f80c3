// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
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
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store on RocksDB. A filter in memory answers for keys that are not there.
final class RocksStateStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(RocksStateStore.class);

  /// The file that says at the next start that damage was found.
  private static final String DAMAGE = "DAMAGED";

  /// What is small and read of every view at the start.
  private static final List<byte[]> AT_THE_START =
      List.of(StateKey.format(), StateKey.positions(), StateKey.reaches(), StateKey.allDeletions());

  private static final long WRITE_BUFFER_BYTES = 64L << 20;
  private static final long CACHE_BYTES = 32L << 20;
  private static final int FILTER_BITS = 10;

  static {
    RocksDB.loadLibrary();
  }

  private final Path directory;
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final RocksDB database;
  private final WriteOptions unsynced;

  /// Long reads leave the cache to short ones.
  private final ReadOptions uncached;

  private boolean closed;

  RocksStateStore(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory);
    if (Files.exists(directory.resolve(DAMAGE))) {
      throw new DamagedStoreException("damage was found before", null);
    }
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
            .setAvoidFlushDuringRecovery(true)
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
      throw isManifestGone()
          ? new DamagedStoreException("a file of the state of features is gone", e)
          : failure("opening " + directory, e);
    }
  }

  /// Which RocksDB reports as it reports a disk that is away.
  private boolean isManifestGone() throws IOException {
    try (DirectoryStream<Path> manifests = Files.newDirectoryStream(directory, "MANIFEST-*")) {
      return Files.exists(directory.resolve("CURRENT")) && !manifests.iterator().hasNext();
    }
  }

  /// Opens the store in a directory. One that is damaged is put aside, in the place of what was put
  /// there before, and another is begun.
  static RocksStateStore openSound(Path directory) throws IOException {
    try {
      return checked(directory);
    } catch (DamagedStoreException e) {
      Path aside = directory.resolveSibling(directory.getFileName() + ".damaged");
      remove(aside);
      Path unused = Files.move(directory, aside);
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("aside", aside)
          .log("the stored state of features is damaged; it is put aside and made anew");
      return checked(directory);
    }
  }

  private static void remove(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private static RocksStateStore checked(Path directory) throws IOException {
    RocksStateStore store = new RocksStateStore(directory);
    try {
      for (byte[] prefix : AT_THE_START) {
        store.forEach(prefix, prefix, (_, _) -> true);
      }
      return store;
    } catch (IOException e) {
      store.close();
      throw e;
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

  private IOException failure(String what, RocksDBException cause) {
    String text = what + " of the state of features failed";
    if (cause.getStatus() == null || cause.getStatus().getCode() != Status.Code.Corruption) {
      return new IOException(text, cause);
    }
    try {
      Path unused =
          Files.writeString(directory.resolve(DAMAGE), cause.getMessage(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new DamagedStoreException(text, cause);
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
