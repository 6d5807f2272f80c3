// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kinglet.error.PlatformException;
import kinglet.type.Bytes;

/// Events on their way from a feed to a shard, in order.
final class EventBuffer {
  private static final int HEADER_WORDS = 3;

  private final List<ViewState> views;
  private final Bytes keys;
  private long[] words;
  private Object[] objects = new Object[16];
  private int wordCount;
  private int objectCount;

  EventBuffer() {
    this(16, 256, 256);
  }

  private EventBuffer(int events, int keyBytes, int words) {
    this.views = new ArrayList<>(events);
    this.keys = new Bytes(keyBytes);
    this.words = new long[words];
  }

  /// An empty one with room for as much as this one has.
  EventBuffer another() {
    return new EventBuffer(events(), keys.size(), wordCount);
  }

  int events() {
    return views.size();
  }

  void add(ViewState view, Event event, long hash) {
    RowLayout rows = view.plan().rows();
    int wanted = wordCount + HEADER_WORDS + rows.words();
    if (wanted > words.length) {
      words = Arrays.copyOf(words, Math.max(wanted, words.length * 2));
    }
    if (objectCount + rows.objects() > objects.length) {
      objects = Arrays.copyOf(objects, Math.max(objectCount + rows.objects(), objects.length * 2));
    }
    views.add(view);
    keys.put(event.key(), event.keyOffset(), event.keyLength());
    words[wordCount] = hash;
    words[wordCount + 1] = event.keyLength();
    words[wordCount + 2] = event.ingestedMicros();
    rows.write(event, words, wordCount + HEADER_WORDS, objects, objectCount);
    wordCount = wanted;
    objectCount += rows.objects();
  }

  /// Forgets the events.
  void clear() {
    views.clear();
    keys.clear();
    Arrays.fill(objects, 0, objectCount, null);
    wordCount = 0;
    objectCount = 0;
  }

  /// @param mayWait whether events of entities that are not in memory are left for later
  void apply(int shard, boolean mayWait) {
    int word = 0;
    int object = 0;
    int key = 0;
    for (ViewState view : views) {
      RowLayout rows = view.plan().rows();
      int keyLength = (int) words[word + 1];
      if (!view.isDamaged()) {
        apply(view, shard, key, keyLength, word, object, mayWait);
      }
      key += keyLength;
      word += HEADER_WORDS + rows.words();
      object += rows.objects();
    }
  }

  /// What fails is the view's failure, not that of the others.
  private void apply(
      ViewState view, int shard, int key, int keyLength, int word, int object, boolean mayWait) {
    try {
      view.shard(shard)
          .apply(
              keys.array(),
              key,
              keyLength,
              words[word],
              words,
              word + HEADER_WORDS,
              objects,
              object,
              words[word + 2],
              mayWait);
    } catch (PlatformException e) {
      view.damaged(e);
    } catch (RuntimeException e) {
      // The thread is that of all views.
      view.damaged(
          new PlatformException(StateError.STATE_CORRUPT, "an event can't be applied: " + e, e));
    }
  }
}
