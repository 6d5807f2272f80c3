// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What one platform thread serves its role with: a session as the role's defaults are, and a few
/// more for the settings that requests asked for lately.
///
/// A session's settings never change after it is made, so nothing leaks from one request to the
/// next. Owned by its thread.
final class Connection implements AutoCloseable {
  private static final int SESSIONS_MAX = 8;

  private final NativeLibrary library;
  private final List<String> arguments;
  private final Role role;
  private final long queryMillisMax;
  private final LinkedHashMap<Needs, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  /// What a request wants of its session.
  record Needs(String database, TreeMap<String, String> settings) {
    static final Needs NOTHING = new Needs("", new TreeMap<>());

    static Needs of(String database, Map<String, String> settings) {
      return new Needs(database, new TreeMap<>(settings));
    }
  }

  Connection(NativeLibrary library, List<String> arguments, Role role, long queryMillisMax) {
    this.library = library;
    this.arguments = arguments;
    this.role = role;
    this.queryMillisMax = queryMillisMax;
    Session unused = session(Needs.NOTHING);
  }

  /// A session with just these settings.
  Session session(Needs needs) {
    Session known = sessions.get(needs);
    if (known != null) {
      return known;
    }
    Session fresh = open(needs);
    sessions.put(needs, fresh);
    if (sessions.size() > SESSIONS_MAX) {
      sessions.keySet().stream()
          .filter(key -> !key.equals(Needs.NOTHING))
          .findFirst()
          .ifPresent(this::drop);
    }
    return fresh;
  }

  /// Forgets a session that may be in an odd state.
  void drop(Needs needs) {
    Session known = sessions.remove(needs);
    if (known != null) {
      known.close();
    }
  }

  private Session open(Needs needs) {
    Session session = Session.open(library, arguments);
    try {
      for (String statement : role.prelude(needs.database(), needs.settings(), queryMillisMax)) {
        Session.Result unused = session.run(statement, "TabSeparated", Map.of());
      }
      return session;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public void close() {
    sessions.values().forEach(Session::close);
    sessions.clear();
  }
}
