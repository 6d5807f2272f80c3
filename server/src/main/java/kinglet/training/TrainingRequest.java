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
    checkFields(root, FIELDS, "a training set has ");
    TrainingFormat _ = format(root);
    String name = text(root, "name");
    ResourceName.problem(name)
        .ifPresent(problem -> {
          throw invalid(problem);
        });
    return new TrainingRequest(
        name,
        features(root),
        optional(root, "service"),
        spine(root.path("spine"), file),
        history(root.path("history")),
        text(root, "time"),
        order(root),
        statuses(root.path("with")),
        optional(root, "since"),
        throughSeq(root.path("journal_seq")));
  }

  private static void checkFields(JsonNode object, Set<String> known, String what) {
    for (String field : object.propertyNames()) {
      if (!known.contains(field)) {
        throw invalid(
            "'"
                + field
                + "' is not known; "
                + what
                + known.stream().sorted().collect(Collectors.joining(", ")));
      }
    }
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
    return TrainingFormat.of(optional(root, "format").orElse(TrainingFormat.PARQUET.word()));
  }

  private static List<String> features(JsonNode root) {
    JsonNode given = root.path("features");
    if (isAbsent(given) == isAbsent(root.path("service"))
        || !isAbsent(given) && (!given.isArray() || given.isEmpty())) {
      throw invalid(
          "either service names a feature service, or features is an array of names such as"
              + " view:feature, or view for all of its features");
    }
    List<String> features = new ArrayList<>();
    for (JsonNode feature : given) {
      if (!feature.isString()) {
        throw invalid(
            "features has " + feature + ", which is no name such as \"view:feature\" or \"view\"");
      }
      features.add(feature.asString());
    }
    return features;
  }

  /// What is `null` is not there.
  private static boolean isAbsent(JsonNode given) {
    return given.isMissingNode() || given.isNull();
  }

  private static Optional<String> optional(JsonNode root, String field) {
    JsonNode given = root.path(field);
    if (isAbsent(given)) {
      return Optional.empty();
    }
    if (!given.isString()) {
      throw invalid(field + " must be a text, not " + given);
    }
    return Optional.of(given.asString());
  }

  private static String text(JsonNode root, String field) {
    return optional(root, field)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> invalid(field + " is missing"));
  }

  private static SpineSource spine(JsonNode given, Optional<String> file) {
    if (file.isPresent()) {
      if (!isAbsent(given)) {
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
    checkFields(given, Set.of("datasource", "q"), "a spine has one of ");
    return source.isString()
        ? new SpineSource.DataSource(source.asString())
        : new SpineSource.Query(sql.asString().strip().replaceAll(";\\s*$", ""));
  }

  private static Map<String, String> history(JsonNode given) {
    Map<String, String> history = new TreeMap<>();
    if (!given.isObject() && !isAbsent(given)) {
      throw invalid("history must be an object such as {\"orders\": \"snapshots.orders_january\"}");
    }
    given.forEachEntry((source, snapshot) -> {
      if (!snapshot.isString()) {
        throw invalid(
            "history has "
                + snapshot
                + " for '"
                + source
                + "', which is no name of a snapshot: write snapshots.NAME");
      }
      history.put(source, snapshot.asString());
    });
    return history;
  }

  private static Replay.Order order(JsonNode root) {
    String mode = optional(root, "mode").orElse("as_known");
    return switch (mode) {
      case "as_known" -> Replay.Order.AS_KNOWN;
      case "corrected" -> Replay.Order.CORRECTED;
      default -> throw invalid("mode='" + mode + "' is neither as_known nor corrected");
    };
  }

  private static boolean statuses(JsonNode with) {
    if (isAbsent(with)) {
      return false;
    }
    if (!with.isArray()) {
      throw invalid("with must be an array such as [\"status\"], not " + with);
    }
    with.forEach(word -> {
      if (!word.isString() || !word.asString().equals("status")) {
        throw invalid("with has no " + word + ", only \"status\"");
      }
    });
    return !with.isEmpty();
  }

  private static OptionalLong throughSeq(JsonNode given) {
    if (isAbsent(given)) {
      return OptionalLong.empty();
    }
    if (!given.isIntegralNumber() || !given.canConvertToLong() || given.asLong() < 0) {
      throw invalid(
          "journal_seq must be a number of the journal, such as the one in another set's manifest,"
              + " not "
              + given);
    }
    return OptionalLong.of(given.asLong());
  }

  static PlatformException invalid(String message) {
    return new PlatformException(TrainingError.INVALID_TRAINING_SET, message);
  }

  /// The name of the mode on the wire.
  String mode() {
    return order == Replay.Order.CORRECTED ? "corrected" : "as_known";
  }
}
