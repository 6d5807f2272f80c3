// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which version of each view is read, which one will be, and which one was. Safe from any thread:
/// what is seen of a view is of one moment, so that no version is missing while it changes its
/// place.
final class ViewTable {
  /// By workspace and name.
  private final ConcurrentMap<String, ConcurrentMap<String, Versions>> views =
      new ConcurrentHashMap<>();

  /// The versions of a view.
  ///
  /// @param live what is read
  /// @param next what will be read once its history is
  /// @param earlier the version before the one that is read, as it was before the switch
  record Versions(@Nullable LiveView live, @Nullable LiveView next, @Nullable LiveView earlier) {
    private static final Versions NONE = new Versions(null, null, null);

    /// All of them, in the order in which they are looked for.
    Stream<LiveView> all() {
      return Stream.concat(
          Stream.concat(Stream.ofNullable(live), Stream.ofNullable(next)),
          Stream.ofNullable(earlier));
    }

    /// What is read, and what was.
    Stream<LiveView> served() {
      return Stream.concat(Stream.ofNullable(live), Stream.ofNullable(earlier));
    }

    /// What is read; if nothing is yet, what will be.
    Optional<LiveView> current() {
      return Optional.ofNullable(live != null ? live : next);
    }

    private boolean has(LiveView view) {
      return all().anyMatch(one -> one == view);
    }

    private Versions without(LiveView view) {
      return new Versions(
          live == view ? null : live, next == view ? null : next, earlier == view ? null : earlier);
    }

    /// A damaged version is not worth keeping.
    private Versions switched() {
      return new Versions(next, null, live == null || live.isDamaged() ? earlier : live);
    }
  }

  /// The versions there are of a view.
  Versions of(String workspaceId, String name) {
    return of(workspaceId).getOrDefault(name, Versions.NONE);
  }

  private Map<String, Versions> of(String workspaceId) {
    Map<String, Versions> known = views.get(workspaceId);
    return known == null ? Map.of() : known;
  }

  /// The version of a view that is read, or will be; of `name@version` that one.
  Optional<LiveView> find(String workspaceId, String name) {
    int at = name.indexOf('@');
    return at < 0
        ? of(workspaceId, name).current()
        : of(workspaceId, name.substring(0, at))
            .all()
            .filter(view -> Integer.toString(view.version()).equals(name.substring(at + 1)))
            .findFirst();
  }

  /// Some versions of every view.
  Stream<LiveView> select(Function<Versions, Stream<LiveView>> which) {
    return views.values().stream().flatMap(named -> named.values().stream()).flatMap(which);
  }

  /// Some versions of a workspace's views, by name.
  List<LiveView> select(String workspaceId, Function<Versions, Stream<LiveView>> which) {
    return new TreeMap<>(of(workspaceId)).values().stream().flatMap(which).toList();
  }

  /// A version will be read once its history is.
  void putNext(LiveView view) {
    change(view, versions -> new Versions(versions.live(), view, versions.earlier()));
  }

  /// A version was read before the one that is.
  void putEarlier(LiveView view) {
    change(view, versions -> new Versions(versions.live(), versions.next(), view));
  }

  /// Takes a version away, whatever its place is.
  void remove(LiveView view) {
    change(view, versions -> versions.without(view));
  }

  /// Reads the next version from now on. The one before is kept, in the place of the one before
  /// that.
  ///
  /// @param view is the next version, unless nobody wants it any more
  /// @return the version that has no place left
  Optional<LiveView> switchTo(LiveView view) {
    AtomicReference<@Nullable LiveView> left = new AtomicReference<>();
    change(
        view,
        versions -> {
          if (versions.next() != view) {
            return versions;
          }
          Versions switched = versions.switched();
          left.set(versions.served().filter(one -> !switched.has(one)).findFirst().orElse(null));
          return switched;
        });
    return Optional.ofNullable(left.get());
  }

  private void change(LiveView view, UnaryOperator<Versions> change) {
    var _ =
        views
            .computeIfAbsent(view.workspaceId(), _ -> new ConcurrentHashMap<>())
            .compute(
                view.name(),
                (_, versions) -> {
                  Versions changed = change.apply(versions == null ? Versions.NONE : versions);
                  return changed.equals(Versions.NONE) ? null : changed;
                });
  }
}
