// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import kinglet.catalog.ResourceName;
import kinglet.catalog.Snapshot;
import kinglet.error.PlatformException;
import kinglet.feature.Replay;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a training set is to hold.
///
/// @param features `view:feature`, or `view` for all features of a view; none for a service
/// @param service the feature service whose columns are wanted
/// @param history snapshots that are read in the place of data sources, by the name of these
/// @param time the column of the spine that says at which time features are read
/// @param order which rows of the history count at a time
/// @param statuses whether the set has the status of each value
/// @param since the set whose rows this one begins with
/// @param throughSeq rows of the journal after it do not count; none for all there are
public record TrainingRequest(
    String name,
    List<String> features,
    Optional<String> service,
    SpineSource spine,
    Map<String, String> history,
    String time,
    Replay.Order order,
    boolean statuses,
    Optional<String> since,
    OptionalLong throughSeq) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "features",
          "service",
          "spine",
          "history",
          "time",
          "mode",
          "format",
          "with",
          "since",
          "journal_seq");

  public TrainingRequest {
    features = List.copyOf(features);
    history = Map.copyOf(history);
  }

  /// Where the rows with keys and times come from.
  public sealed interface SpineSource {
    /// All rows of a data source, or of a snapshot as `snapshots.NAME`, in the order in which they
    /// came.
    record DataSource(String name) implements SpineSource {}

    /// What a SELECT gives, in its order.
    record Query(String sql) implements SpineSource {}

    /// A file that was sent, in its order.
    record File(String format) implements SpineSource {}
  }

  /// What a request says, or a [PlatformException].
  ///
  /// @param file the format of the file that came with it
  public static TrainingRequest read(String json, Optional<String> file) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      throw new PlatformException(
          TrainingError.INVALID_TRAINING_SET,
          "the request is not JSON: " + e.getOriginalMessage(),
          e);
    }
    if (!root.isObject()) {
      throw invalid("the request must be an object with name, features, spine and time");
    }
    for (String field : root.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw invalid(
            "'"
                + field
                + "' is not known; a training set has "
                + FIELDS.stream().sorted().collect(Collectors.joining(", ")));
      }
    }
    TrainingFormat _ = format(root);
    String name = text(root, "name");
    ResourceName.problem(name)
        .ifPresent(problem -> {
          throw invalid(problem);
        });
    return new TrainingRequest(
        name,
        features(root),
        named(root.path("service")),
        spine(root.path("spine"), file),
        history(root.path("history")),
        text(root, "time"),
        order(root.path("mode")),
        statuses(root.path("with")),
        named(root.path("since")),
        root.path("journal_seq").isIntegralNumber()
            ? OptionalLong.of(root.path("journal_seq").asLong())
            : OptionalLong.empty());
  }

  /// Whether a request, as it was stored, names a snapshot.
  static boolean names(String json, Snapshot snapshot) {
    JsonNode root = JSON.readTree(json);
    return history(root.path("history")).containsValue(snapshot.fullName())
        || root.at("/spine/datasource").asString("").equals(snapshot.fullName());
  }

  /// The format that a request names.
  static TrainingFormat format(String json) {
    return format(JSON.readTree(json));
  }

  private static TrainingFormat format(JsonNode root) {
    return TrainingFormat.of(root.path("format").asString(TrainingFormat.PARQUET.word()));
  }

  private static List<String> features(JsonNode root) {
    JsonNode given = root.path("features");
    if (given.isArray() == root.path("service").isString()
        || (given.isArray() && given.isEmpty())) {
      throw invalid(
          "either service names a feature service, or features is an array of names such as"
              + " view:feature, or view for all of its features");
    }
    List<String> features = new ArrayList<>();
    given.forEach(feature -> features.add(feature.asString("")));
    return features;
  }

  private static Optional<String> named(JsonNode given) {
    return given.isString() ? Optional.of(given.asString()) : Optional.empty();
  }

  private static SpineSource spine(JsonNode given, Optional<String> file) {
    if (file.isPresent()) {
      if (!given.isMissingNode()) {
        throw invalid("the spine is the file that was sent: leave 'spine' out");
      }
      return new SpineSource.File(file.get());
    }
    JsonNode source = given.path("datasource");
    JsonNode sql = given.path("q");
    if (source.isString() == sql.isString()) {
      throw invalid(
          "spine must be {\"datasource\": name} or {\"q\": a SELECT}, or a file sent as 'spine'");
    }
    return source.isString()
        ? new SpineSource.DataSource(source.asString())
        : new SpineSource.Query(sql.asString().strip().replaceAll(";\\s*$", ""));
  }

  private static Map<String, String> history(JsonNode given) {
    Map<String, String> history = new TreeMap<>();
    if (!given.isObject() && !given.isMissingNode()) {
      throw invalid("history must be an object such as {\"orders\": \"snapshots.orders_january\"}");
    }
    given.forEachEntry((source, snapshot) -> history.put(source, snapshot.asString("")));
    return history;
  }

  private static Replay.Order order(JsonNode mode) {
    return switch (mode.asString("as_known")) {
      case "as_known" -> Replay.Order.AS_KNOWN;
      case "corrected" -> Replay.Order.CORRECTED;
      default -> throw invalid("mode='" + mode.asString() + "' is neither as_known nor corrected");
    };
  }

  private static boolean statuses(JsonNode with) {
    with.forEach(word -> {
      if (!word.asString("").equals("status")) {
        throw invalid("with has no '" + word.asString("") + "', only status");
      }
    });
    return !with.isEmpty();
  }

  private static String text(JsonNode root, String field) {
    String text = root.path(field).asString("");
    if (text.isBlank()) {
      throw invalid(field + " is missing");
    }
    return text;
  }

  static PlatformException invalid(String message) {
    return new PlatformException(TrainingError.INVALID_TRAINING_SET, message);
  }

  /// The name of the mode on the wire.
  String mode() {
    return order == Replay.Order.CORRECTED ? "corrected" : "as_known";
  }
}
