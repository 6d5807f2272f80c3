// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import kinglet.error.PlatformException;

/// The table of routes: method and path pattern to handler. Built once, then read by all threads.
///
/// A pattern is a path whose segments are literal or `{named}`. Literal segments win over named
/// ones. A trailing slash makes no difference.
public final class Routes {
  private final List<Route> routes = new ArrayList<>();

  /// Answers one request.
  @FunctionalInterface
  public interface Handler {
    void handle(Exchange exchange);
  }

  /// A route that matches, with its named segments.
  record Match(Route route, Map<String, String> segments) {}

  record Route(
      String method, String[] pattern, Handler handler, ErrorRendering rendering, String name) {
    boolean matches(String[] path) {
      if (path.length != pattern.length) {
        return false;
      }
      for (int at = 0; at < path.length; at++) {
        if (!isNamed(pattern[at]) && !pattern[at].equals(path[at])) {
          return false;
        }
      }
      return true;
    }

    private Map<String, String> segments(String[] path) {
      Map<String, String> segments = new TreeMap<>();
      for (int at = 0; at < path.length; at++) {
        if (isNamed(pattern[at])) {
          String name = pattern[at].substring(1, pattern[at].length() - 1);
          segments.put(name, Parameters.decode(path[at].replace("+", "%2B")));
        }
      }
      return segments;
    }

    private int literals() {
      int count = 0;
      for (String segment : pattern) {
        count += isNamed(segment) ? 0 : 1;
      }
      return count;
    }

    private static boolean isNamed(String segment) {
      return segment.startsWith("{");
    }
  }

  /// Adds a route of the compatible group.
  @CanIgnoreReturnValue
  Routes compatible(String method, String pattern, Handler handler) {
    return add(method, pattern, handler, new ErrorRendering.Compatible());
  }

  /// Adds a route of our own.
  @CanIgnoreReturnValue
  Routes own(String method, String pattern, Handler handler) {
    return add(method, pattern, handler, new ErrorRendering.Problem());
  }

  /// The routes of the compatible group, as `METHOD /path/{named}`.
  public List<String> compatible() {
    return routes.stream()
        .filter(route -> route.rendering() instanceof ErrorRendering.Compatible)
        .map(route -> route.method() + " /" + String.join("/", route.pattern()))
        .toList();
  }

  private Routes add(String method, String pattern, Handler handler, ErrorRendering rendering) {
    routes.add(new Route(method, split(pattern), handler, rendering, pattern));
    routes.sort((left, right) -> Integer.compare(right.literals(), left.literals()));
    return this;
  }

  /// The route of a request; a `HEAD` finds the `GET` route.
  Match find(String method, String path) {
    String[] segments = split(path);
    String wanted = method.equals("HEAD") ? "GET" : method;
    TreeSet<String> otherMethods = new TreeSet<>();
    for (Route route : routes) {
      if (route.matches(segments)) {
        if (route.method().equals(wanted)) {
          return new Match(route, route.segments(segments));
        }
        otherMethods.add(route.method());
      }
    }
    if (otherMethods.isEmpty()) {
      throw new PlatformException(HttpError.UNKNOWN_ROUTE, "there is no route " + path);
    }
    throw new PlatformException(
        HttpError.METHOD_NOT_ALLOWED,
        path + " does not answer " + method + " but " + String.join(", ", otherMethods),
        Map.of("allow", String.join(", ", otherMethods)),
        null);
  }

  private static String[] split(String path) {
    int start = path.startsWith("/") ? 1 : 0;
    int end = path.length();
    while (end > start && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(start, end).split("/", -1);
  }
}
