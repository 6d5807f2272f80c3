// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.type.Bytes;

/// Reads features of many keys at once. Safe from any thread.
public final class FeatureReads {
  /// How long the first read waits for a view's history.
  private static final long BUILD_WAIT_MILLIS = 5_000;

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
