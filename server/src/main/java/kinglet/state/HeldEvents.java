// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kinglet.type.Bytes;
import org.jspecify.annotations.Nullable;

/// Events of one view that come in any order and are applied key after key. Belongs to one thread.
///
/// Each event has a *group*, the same for all events of a key; groups come in the order of their
/// numbers without a sign, and in each the events by their ingestion, then by their sequence
/// number.
/* Rows lie in pieces as they came. Rows of a group that came in order one after the other are a run;
 * what is sorted is runs by their group, then the rows of a group when it is its turn. The place of a
 * row is the number of its piece and the first of its words there.
 */
public final class HeldEvents implements EventSink {
  private static final Object[] NO_OBJECTS = {};

  private static final int PIECE_SHIFT = 20;

  /// So large that the collector does not move it, and no larger than 8 MB with its header.
  private static final int PIECE_WORDS = (1 << PIECE_SHIFT) - 8;

  private static final int PIECES_MAX = 1 << Integer.SIZE - 1 - PIECE_SHIFT;

  private static final int GROUP = 0;
  private static final int INGESTED = 1;

  /// Where the key stands, and how long it is.
  private static final int KEY = 2;

  private static final int EVENT = 3;
  private static final int BAND_RUNS = 8;
  private static final int BAND_BITS_MAX = 20;
  private static final int INSERTED = 16;

  private final ViewState view;
  private final RowLayout rows;
  private final EntityWriter writer;
  private final int rowWords;
  private final List<long[]> pieces = new ArrayList<>();
  private final List<Object[]> objects = new ArrayList<>();
  private final Bytes keys = new Bytes(1 << 10);
  private int pieceRows;

  /// Where the last row that was added stands.
  private int last;

  private long group;
  private int keyAt;
  private int keyLength = -1;

  /// The place of the first row of each run, and how many rows it has.
  private int[] starts = new int[1 << 10];

  private int[] lengths = new int[1 << 10];

  private int runs;
  private int[] runOrder = {};
  private int nextRun;

  /// The rows of the group whose turn it is as they came, what orders them side by side.
  private int[] turnRows = new int[1 << 8];

  private long[] turnIngested = new long[1 << 8];
  private long[] turnSeqs = new long[1 << 8];

  /// The same in their order.
  private int[] order = new int[1 << 8];

  /// Where its runs end.
  private int[] turnEnds = new int[1 << 4];

  private int[] merged = new int[1 << 8];
  private long turn;
  private int ordered;
  private int next;

  private @Nullable EntityState entity;
  private long entityKey = -1;
  private boolean isNew;

  public HeldEvents(ViewState view) {
    this.view = view;
    this.rows = view.plan().rows();
    this.writer = new EntityWriter(view.plan(), StateCounters.unregistered());
    this.rowWords = EVENT + rows.words();
  }

  /// About how many bytes an event takes until it is applied, without what its key and its texts
  /// have.
  public static long bytes(StateLayout layout) {
    RowLayout rows = new RowLayout(layout.arguments(), layout.conditions());
    long sorting = 3L * Integer.BYTES;
    return sorting + (long) (EVENT + rows.words()) * Long.BYTES + 32L * rows.objects();
  }

  /// The group of the events that follow.
  public void group(long number) {
    group = number;
  }

  @Override
  public void add(ViewState of, Event event) {
    int at = (pieceRows + 1) * rowWords > PIECE_WORDS ? 0 : pieceRows * rowWords;
    if (at == 0) {
      addPiece();
    }
    int row = pieces.size() - 1 << PIECE_SHIFT | at;
    long[] piece = pieces.getLast();
    piece[at + GROUP] = group;
    piece[at + INGESTED] = event.ingestedMicros();
    piece[at + KEY] = key(event);
    rows.write(event, piece, at + EVENT, objects.getLast(), pieceRows * rows.objects());
    pieceRows++;
    if (at == 0 || piece[at - rowWords + GROUP] != group || isBehind(last, row)) {
      addRun(row);
    }
    lengths[runs - 1]++;
    last = row;
  }

  private void addPiece() {
    if (pieces.size() == PIECES_MAX) {
      throw new IllegalStateException("more events than can be held");
    }
    pieces.add(new long[PIECE_WORDS]);
    objects.add(
        rows.objects() == 0 ? NO_OBJECTS : new Object[PIECE_WORDS / rowWords * rows.objects()]);
    pieceRows = 0;
  }

  private void addRun(int row) {
    if (runs == starts.length) {
      starts = Arrays.copyOf(starts, runs * 2);
      lengths = Arrays.copyOf(lengths, runs * 2);
    }
    starts[runs++] = row;
  }

  /// Rows of a key that come one after the other have it once.
  private long key(Event event) {
    boolean same =
        Arrays.equals(
            keys.array(),
            keyAt,
            keyAt + Math.max(0, keyLength),
            event.key(),
            event.keyOffset(),
            event.keyOffset() + event.keyLength());
    if (!same || keyLength < 0) {
      keyAt = keys.size();
      keyLength = event.keyLength();
      keys.put(event.key(), event.keyOffset(), keyLength);
    }
    return (long) keyAt << Integer.SIZE | keyLength;
  }

  /// Puts what was added into order.
  public void sort() {
    runOrder = new int[runs];
    int bits =
        Math.clamp(Integer.SIZE - Integer.numberOfLeadingZeros(runs / BAND_RUNS), 1, BAND_BITS_MAX);
    int[] ends = new int[(1 << bits) + 1];
    for (int run = 0; run < runs; run++) {
      ends[band(run, bits) + 1]++;
    }
    for (int band = 0; band < 1 << bits; band++) {
      ends[band + 1] += ends[band];
    }
    int[] at = ends.clone();
    for (int run = 0; run < runs; run++) {
      runOrder[at[band(run, bits)]++] = run;
    }
    for (int band = 0; band < 1 << bits; band++) {
      sort(ends[band], ends[band + 1]);
    }
  }

  /// Sorts runs by their group; those of one keep their order.
  private void sort(int from, int to) {
    if (to - from <= INSERTED) {
      insert(from, to);
      return;
    }
    int middle = from + to >>> 1;
    sort(from, middle);
    sort(middle, to);
    int[] left = Arrays.copyOfRange(runOrder, from, middle);
    int at = from;
    int right = middle;
    for (int run : left) {
      while (right < to && Long.compareUnsigned(group(run), group(runOrder[right])) > 0) {
        runOrder[at++] = runOrder[right++];
      }
      runOrder[at++] = run;
    }
  }

  private void insert(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int run = runOrder[i];
      long number = group(run);
      int place = i;
      while (place > from && Long.compareUnsigned(group(runOrder[place - 1]), number) > 0) {
        runOrder[place] = runOrder[place - 1];
        place--;
      }
      runOrder[place] = run;
    }
  }

  private int band(int run, int bits) {
    return (int) (group(run) >>> Long.SIZE - bits);
  }

  private long group(int run) {
    return word(starts[run], GROUP);
  }

  private long word(int row, int place) {
    return piece(row)[at(row) + place];
  }

  private long[] piece(int row) {
    return pieces.get(row >>> PIECE_SHIFT);
  }

  private static int at(int row) {
    return row & (1 << PIECE_SHIFT) - 1;
  }

  /// Whether a row counts after another one of its group.
  private boolean isBehind(int row, int other) {
    long[] piece = piece(row);
    long[] others = piece(other);
    int at = at(row);
    int otherAt = at(other);
    long ingested = piece[at + INGESTED];
    long otherIngested = others[otherAt + INGESTED];
    return ingested > otherIngested
        || ingested == otherIngested
            && piece[at + EVENT + RowLayout.SEQ] > others[otherAt + EVENT + RowLayout.SEQ];
  }

  /// Passes over what is left of the groups before, and puts the rows of a group into order.
  private void turnTo(long group) {
    turn = group;
    next = 0;
    ordered = 0;
    while (nextRun < runs && Long.compareUnsigned(group(runOrder[nextRun]), group) < 0) {
      nextRun++;
    }
    int gathered = 0;
    while (nextRun < runs && group(runOrder[nextRun]) == group) {
      gather(runOrder[nextRun++]);
      if (gathered == turnEnds.length) {
        turnEnds = Arrays.copyOf(turnEnds, gathered * 2);
      }
      turnEnds[gathered++] = ordered;
    }
    merge(gathered);
  }

  private void gather(int run) {
    int length = lengths[run];
    if (ordered + length > turnRows.length) {
      int capacity = Math.max(ordered + length, turnRows.length * 2);
      turnRows = Arrays.copyOf(turnRows, capacity);
      turnIngested = Arrays.copyOf(turnIngested, capacity);
      turnSeqs = Arrays.copyOf(turnSeqs, capacity);
      order = Arrays.copyOf(order, capacity);
      merged = new int[capacity];
    }
    long[] piece = piece(starts[run]);
    for (int i = 0; i < length; i++) {
      int at = at(starts[run]) + i * rowWords;
      turnRows[ordered] = starts[run] + i * rowWords;
      turnIngested[ordered] = piece[at + INGESTED];
      turnSeqs[ordered] = piece[at + EVENT + RowLayout.SEQ];
      order[ordered] = ordered;
      ordered++;
    }
  }

  /// Merges runs with their neighbours until there is one.
  private void merge(int gathered) {
    int left = gathered;
    while (left > 1) {
      int from = 0;
      int kept = 0;
      for (int run = 0; run < left; run += 2) {
        int middle = turnEnds[run];
        int to = run + 1 < left ? turnEnds[run + 1] : middle;
        if (to > middle && isAfter(order[middle - 1], order[middle])) {
          merge(from, middle, to);
        }
        turnEnds[kept++] = to;
        from = to;
      }
      left = kept;
    }
  }

  private void merge(int from, int middle, int to) {
    System.arraycopy(order, from, merged, from, middle - from);
    int left = from;
    int right = middle;
    int at = from;
    while (left < middle && right < to) {
      order[at++] = isAfter(merged[left], order[right]) ? order[right++] : merged[left++];
    }
    System.arraycopy(merged, left, order, at, middle - left);
  }

  private boolean isAfter(int one, int other) {
    return turnIngested[one] > turnIngested[other]
        || turnIngested[one] == turnIngested[other] && turnSeqs[one] > turnSeqs[other];
  }

  /// Applies what is left of a group until an ingestion time; answers how many events that were.
  /// Groups come in their order.
  public int apply(long ofGroup, long untilMicros) {
    if (turn != ofGroup || nextRun == 0) {
      turnTo(ofGroup);
    }
    int first = next;
    while (next < ordered) {
      int place = order[next];
      if (turnIngested[place] > untilMicros) {
        break;
      }
      next++;
      apply(turnRows[place]);
    }
    return next - first;
  }

  private void apply(int row) {
    long[] piece = piece(row);
    int at = at(row);
    EntityState to = entity(piece[at + KEY]);
    Object[] own = rows.objects() == 0 ? NO_OBJECTS : objects.get(row >>> PIECE_SHIFT);
    int object = at / rowWords * rows.objects();
    if (writer.add(to, piece, at + EVENT, own, object, piece[at + INGESTED]) && isNew) {
      view.shard(0).hold(to);
      isNew = false;
    }
  }

  /// Forgets the entities so far.
  public void clear() {
    view.shard(0).clear();
    entity = null;
    entityKey = -1;
  }

  private EntityState entity(long key) {
    if (entity != null && entityKey == key) {
      return entity;
    }
    int offset = (int) (key >>> Integer.SIZE);
    int length = (int) key;
    EntityState found = entity;
    if (found == null || !found.hasKey(keys.array(), offset, length)) {
      long hash = KeyHash.of(keys.array(), offset, length);
      found = view.shard(0).find(hash, keys.array(), offset, length);
      isNew = found == null;
      if (found == null) {
        found =
            new EntityState(Arrays.copyOfRange(keys.array(), offset, offset + length), (int) hash);
      }
    }
    entity = found;
    entityKey = key;
    return found;
  }
}
