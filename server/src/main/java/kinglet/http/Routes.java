// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// The table of routes: method and path pattern to handler. Built once, then read by all threads.
///
/// A pattern is a path whose segments are literal or `{named}`. The pattern with more literal
/// segments wins, then the one added first. A trailing slash makes no difference.
public final class Routes {
  private static final Comparator<Route> WINNER_FIRST =
      Comparator.comparingInt(Route::literals).reversed().thenComparingInt(Route::number);

  private final List<Route> routes = new ArrayList<>();
  private final Segment root = new Segment();

  /// Answers one request.
  @FunctionalInterface
  public interface Handler {
    void handle(Exchange exchange);
  }

  /// A route that matches, with its named segments.
  record Match(Route route, Map<String, String> segments) {}

  record Route(
      String method,
      String[] pattern,
      Handler handler,
      ErrorRendering rendering,
      String name,
      int literals,
      int number) {
    private Map<String, String> segments(String[] path) {
      if (literals == path.length) {
        return Map.of();
      }
      Map<String, String> segments = new TreeMap<>();
      for (int at = 0; at < path.length; at++) {
        if (isNamed(pattern[at])) {
          String name = pattern[at].substring(1, pattern[at].length() - 1);
          segments.put(name, Parameters.decode(path[at].replace("+", "%2B")));
        }
      }
      return segments;
    }

    private static boolean isNamed(String segment) {
      return segment.startsWith("{");
    }
  }

  /// One place in the tree of patterns: the routes that end there, and the segments that follow.
  private static final class Segment {
    private final List<Route> routes = new ArrayList<>();
    private final Map<String, Segment> literal = new HashMap<>();
    private @Nullable Segment named;

    Segment next(String pattern) {
      if (!Route.isNamed(pattern)) {
        return literal.computeIfAbsent(pattern, _ -> new Segment());
      }
      Segment known = named;
      if (known == null) {
        known = new Segment();
        named = known;
      }
      return known;
    }

    void find(String[] path, int at, List<Route> found) {
      if (at == path.length) {
        found.addAll(routes);
        return;
      }
      Segment same = literal.get(path[at]);
      if (same != null) {
        same.find(path, at + 1, found);
      }
      if (named != null) {
        named.find(path, at + 1, found);
      }
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
    String[] segments = split(pattern);
    Segment end = root;
    int literals = 0;
    for (String segment : segments) {
      end = end.next(segment);
      literals += Route.isNamed(segment) ? 0 : 1;
    }
    Route route = new Route(method, segments, handler, rendering, pattern, literals, routes.size());
    routes.add(route);
    end.routes.add(route);
    return this;
  }

  /// The route of a request; a `HEAD` finds the `GET` route.
  Match find(String method, String path) {
    String[] segments = split(path);
    String wanted = method.equals("HEAD") ? "GET" : method;
    List<Route> found = new ArrayList<>();
    root.find(segments, 0, found);
    Route winner = null;
    for (Route route : found) {
      if (route.method().equals(wanted)
          && (winner == null || WINNER_FIRST.compare(route, winner) < 0)) {
        winner = route;
      }
    }
    if (winner != null) {
      return new Match(winner, winner.segments(segments));
    }
    if (found.isEmpty()) {
      throw new PlatformException(HttpError.UNKNOWN_ROUTE, "there is no route " + path);
    }
    String allowed =
        found.stream().map(Route::method).distinct().sorted().collect(Collectors.joining(", "));
    throw new PlatformException(
        HttpError.METHOD_NOT_ALLOWED,
        path + " does not answer " + method + " but " + allowed,
        Map.of("allow", allowed),
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
