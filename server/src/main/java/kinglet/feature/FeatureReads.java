// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonKeys;
import kinglet.feature.wire.JsonValues;
import kinglet.feature.wire.UtcTime;
import kinglet.type.Bytes;
import kinglet.value.ListValue;

/// Reads features of many keys at once. Safe from any thread.
public final class FeatureReads {
  /// How many events an explanation lists.
  private static final int EXPLAINED_MAX = 1_000;

  private final Features features;
  private final int keysMax;
  private final Duration timeout;

  /// @param keysMax how many keys one call may ask for
  /// @param timeout how long one call may take
  public FeatureReads(Features features, int keysMax, Duration timeout) {
    this.features = features;
    this.keysMax = keysMax;
    this.timeout = timeout;
  }

  /// Answers a batch call.
  ///
  /// @param name a feature view of the workspace
  /// @param request as JSON
  public BatchAnswer batch(Workspace workspace, String name, byte[] request, BatchFormat format) {
    LiveView view = view(workspace, name);
    BatchRequest wanted = BatchRequest.read(request, keysMax);
    ReadBudget budget = wanted.budget(timeout);
    List<ListValue> keys = keys(view.program(), wanted);
    long journalSeq = features.appliedSeq(view);
    long readMicros = wanted.asOfMicros().orElseGet(features::nowMicros);
    return view.read(reader -> {
      ViewRow row = reader.row();
      BatchHead head = row.head(view.version(), readMicros, journalSeq, wanted.with());
      BatchWriter writer = format.writer(head);
      for (int i = 0; i < wanted.rows(); i++) {
        takeKey(reader, keys, i);
        reader.expect();
      }
      reader.fetch();
      for (int i = 0; i < wanted.rows(); i++) {
        if (budget.isSpent()) {
          writer.row(new UnreadRow(keys, i));
          continue;
        }
        takeKey(reader, keys, i);
        reader.read(readMicros);
        writer.row(row);
      }
      return new BatchAnswer(head, writer.end());
    });
  }

  private static void takeKey(ViewReader reader, List<ListValue> keys, int row) {
    for (int key = 0; key < keys.size(); key++) {
      keys.get(key).get(row, reader.key(key));
    }
  }

  private static List<ListValue> keys(ViewProgram program, BatchRequest wanted) {
    List<String> entity = program.view().entity();
    for (String name : wanted.keys().keySet()) {
      if (!entity.contains(name)) {
        throw new PlatformException(
            FeatureError.INVALID_READ, "'" + name + "' is no key column" + known(program));
      }
    }
    if (!wanted.request().isEmpty()) {
      throw new PlatformException(
          FeatureError.INVALID_READ,
          "a feature view takes keys alone; request is for services, which compute with it");
    }
    List<ListValue> keys = new ArrayList<>();
    for (int i = 0; i < entity.size(); i++) {
      RequestColumn column = wanted.keys().get(entity.get(i));
      if (column == null) {
        throw new PlatformException(
            FeatureError.MISSING_KEY,
            "keys." + entity.get(i) + " is missing, a key column" + known(program));
      }
      keys.add(column.as(program.keyTypes().get(i)));
    }
    return keys;
  }

  private static String known(ViewProgram program) {
    return " of '" + program.name() + "'; its key is " + String.join(", ", program.view().entity());
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
    return new ValueExplanation(
        view.name(),
        view.version(),
        explained.name(),
        UtcTime.of(readMicros),
        reader.status().name(),
        new String(value.toArray(), StandardCharsets.UTF_8),
        reader.explain(column, EXPLAINED_MAX));
  }

  /// What there is to know of a workspace's views, by name.
  public List<ViewReport> reports(Workspace workspace) {
    return features.list(workspace).stream().map(ViewReport::of).toList();
  }

  /// The same of versions that others have taken the place of.
  public List<ViewReport> replaced(Workspace workspace) {
    return features.replaced(workspace).stream().map(ViewReport::of).toList();
  }

  /// Forgets a version that another has taken the place of.
  ///
  /// @param name with the version, such as `shopper@2`
  public void remove(Workspace workspace, String name) {
    LiveView view =
        features
            .find(workspace, name)
            .filter(_ -> name.indexOf('@') >= 0)
            .orElseThrow(() -> unknown(name, known(workspace)));
    if (!features.removeReplaced(view)) {
      throw new PlatformException(
          FeatureError.VERSION_IN_USE,
          "'" + name + "' is the version that is read; it goes with its file");
    }
  }

  static PlatformException unknown(String name, String known) {
    return new PlatformException(
        FeatureError.UNKNOWN_FEATURES, "There is no feature view '" + name + "'" + known);
  }

  /// The version of a view that is read, or will be once its history is.
  public ViewHistory history(Workspace workspace, String name) {
    return features.history(
        features.find(workspace, name).orElseThrow(() -> unknown(name, known(workspace))));
  }

  /// The time of a read that names none.
  public long nowMicros() {
    return features.nowMicros();
  }

  /// Hands on a read of every key of a view that has values, each as of now; these are not written
  /// down. Takes a platform thread.
  public void readAll(Workspace workspace, String name, Consumer<FeatureRead> to) {
    LiveView view = view(workspace, name);
    ViewReader keys = view.reader();
    ViewReader reader = view.reader();
    keys.readAll(
        features.nowMicros(),
        () -> {
          for (int i = 0; i < view.program().keyTypes().size(); i++) {
            reader.key(i).set(keys.key(i));
          }
          to.accept(read(view, reader));
        });
  }

  /// A read of one key as of now, which is not written down.
  ///
  /// @param key each column as JSON
  public FeatureRead read(Workspace workspace, String name, List<String> key) {
    LiveView view = view(workspace, name);
    ViewReader reader = view.reader();
    for (int i = 0; i < key.size(); i++) {
      if (!ViewReadLog.key(key.get(i), view.program().keyTypes().get(i), reader.key(i))) {
        throw new PlatformException(
            FeatureError.WRONG_VALUE, key.get(i) + " is no key of '" + name + "'");
      }
    }
    return read(view, reader);
  }

  private FeatureRead read(LiveView view, ViewReader reader) {
    long before = features.appliedSeq(view);
    long readMicros = features.nowMicros();
    reader.read(readMicros);
    return FeatureRead.of(view, reader, readMicros, before, features.committedSeq());
  }

  LiveView view(Workspace workspace, String name) {
    LiveView view =
        features.find(workspace, name).orElseThrow(() -> unknown(name, known(workspace)));
    return view.complete();
  }

  private String known(Workspace workspace) {
    List<String> names = features.list(workspace).stream().map(LiveView::name).toList();
    return names.isEmpty() ? "; the workspace has none" : "; there are " + String.join(", ", names);
  }
}
