// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonKeys;
import kinglet.feature.wire.JsonValues;
import kinglet.state.Explanation;
import kinglet.type.Bytes;

/// Reads features of many keys at once. Safe from any thread.
public final class FeatureReads {
  /// How long the first read waits for a view's history.
  private static final long BUILD_WAIT_MILLIS = 5_000;

  /// How many events an explanation lists.
  private static final int EXPLAINED_MAX = 1_000;

  private final Features features;
  private final int keysMax;

  /// @param keysMax how many keys one call may ask for
  public FeatureReads(Features features, int keysMax) {
    this.features = features;
    this.keysMax = keysMax;
  }

  /// Answers a batch call, both as JSON.
  ///
  /// @param name a feature view of the workspace
  public byte[] batch(Workspace workspace, String name, byte[] request) {
    LiveView view = view(workspace, name);
    BatchRequest wanted = BatchRequest.read(request, view.program(), keysMax);
    long readMicros = wanted.asOfMicros().orElseGet(features::nowMicros);
    return view.read(reader -> {
      Bytes out = new Bytes(256 + 64 * wanted.rows());
      new BatchAnswer(view, wanted, readMicros, features.appliedSeq(), out).write(reader);
      return out.toArray();
    });
  }

  /// What the value of a feature is computed of.
  ///
  /// @param key the value of each key column, by name
  public ValueExplanation explain(
      Workspace workspace, String name, String feature, Map<String, String> key) {
    LiveView view = view(workspace, name);
    List<FeatureColumn> columns = view.program().columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(feature) && !columns.get(i).isKey()) {
        int column = i;
        return view.read(reader -> explain(view, reader, column, key));
      }
    }
    throw new PlatformException(
        FeatureError.UNKNOWN_FEATURES,
        "The feature view '"
            + name
            + "' has no feature '"
            + feature
            + "'; it has "
            + columns.stream()
                .filter(column -> !column.isKey())
                .map(FeatureColumn::name)
                .collect(Collectors.joining(", ")));
  }

  private ValueExplanation explain(
      LiveView view, ViewReader reader, int column, Map<String, String> key) {
    List<String> entity = view.program().view().entity();
    for (int i = 0; i < entity.size(); i++) {
      String text = key.get(entity.get(i));
      if (text == null) {
        throw new PlatformException(
            FeatureError.MISSING_KEY, entity.get(i) + "= is missing, a column of the key");
      }
      if (!JsonKeys.read(text, true, view.program().keyTypes().get(i), reader.key(i))) {
        throw new PlatformException(
            FeatureError.WRONG_VALUE,
            entity.get(i) + " is not a " + view.program().keyTypes().get(i).sql());
      }
    }
    long readMicros = features.nowMicros();
    reader.read(readMicros);
    FeatureColumn explained = view.program().columns().get(column);
    Bytes value = new Bytes(64);
    new JsonValues(value).write(explained.type(), reader.value(column));
    List<ValueExplanation.Part> parts = new ArrayList<>();
    if (!view.program().isLookup()) {
      for (int use : explained.uses()) {
        parts.add(part(view, use, reader.explain(readMicros, use, EXPLAINED_MAX)));
      }
    }
    return new ValueExplanation(
        view.name(),
        view.version(),
        explained.name(),
        BatchAnswer.time(readMicros),
        reader.status().name(),
        new String(value.toArray(), StandardCharsets.UTF_8),
        parts);
  }

  private static ValueExplanation.Part part(LiveView view, int use, Explanation explanation) {
    int window = view.program().layout().features().get(use).window();
    return new ValueExplanation.Part(
        view.program().view().query().windows().get(window).name(),
        explanation.startMicros() == Long.MIN_VALUE
            ? Optional.empty()
            : Optional.of(BatchAnswer.time(explanation.startMicros())),
        BatchAnswer.time(explanation.endMicros()),
        explanation.tiles().stream()
            .map(tile ->
                new ValueExplanation.Tile(
                    BatchAnswer.time(tile.startMicros()), BatchAnswer.time(tile.endMicros())))
            .toList(),
        explanation.rows().stream()
            .map(row -> new ValueExplanation.Event(BatchAnswer.time(row.micros()), row.seq()))
            .toList(),
        explanation.complete());
  }

  /// What there is to know of a workspace's views, by name.
  public List<ViewReport> reports(Workspace workspace) {
    return features.list(workspace).stream().map(ViewReport::of).toList();
  }

  static PlatformException unknown(String name, String known) {
    return new PlatformException(
        FeatureError.UNKNOWN_FEATURES, "There is no feature view '" + name + "'" + known);
  }

  LiveView view(Workspace workspace, String name) {
    LiveView view =
        features.find(workspace, name).orElseThrow(() -> unknown(name, known(workspace)));
    view.require(BUILD_WAIT_MILLIS);
    return view;
  }

  private String known(Workspace workspace) {
    List<String> names = features.list(workspace).stream().map(LiveView::name).toList();
    return names.isEmpty() ? "; the workspace has none" : "; there are " + String.join(", ", names);
  }
}
