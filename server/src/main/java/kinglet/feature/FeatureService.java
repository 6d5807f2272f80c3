// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Node;
import kinglet.catalog.Resources;

/// An endpoint over feature views.
///
/// @param version counts the changes of its SQL, with that of the pipes it reads
/// @param views it reads, through other pipes too
public record FeatureService(String name, int version, Set<String> views) {
  public FeatureService {
    views = Set.copyOf(views);
  }

  /// What a pipe is as a service.
  ///
  /// @param text of its SQL, with that of the pipes it reads
  record Definition(Set<String> views, String text) {}

  /// The definition of an endpoint; empty if it reads no feature view.
  static Optional<Definition> definition(Resources resources, CompiledPipe pipe) {
    Set<String> views = new TreeSet<>();
    TreeMap<String, String> texts = new TreeMap<>();
    collect(resources, pipe, views, texts);
    return pipe.pipe().endpoint() && !views.isEmpty()
        ? Optional.of(new Definition(views, texts.toString()))
        : Optional.empty();
  }

  private static void collect(
      Resources resources, CompiledPipe pipe, Set<String> views, TreeMap<String, String> texts) {
    StringBuilder text = new StringBuilder(pipe.pipe().kind().node());
    for (Node node : pipe.pipe().nodes()) {
      text.append('\n').append(node.name()).append('\n').append(node.sql());
    }
    texts.put(pipe.name(), text.toString());
    for (String name : resources.lineage().reads(pipe.name())) {
      Optional<CompiledPipe> read = resources.pipe(name);
      if (read.isPresent() && read.get().pipe().features()) {
        views.add(name);
      } else if (read.isPresent() && !texts.containsKey(name)) {
        collect(resources, read.get(), views, texts);
      }
    }
  }
}
