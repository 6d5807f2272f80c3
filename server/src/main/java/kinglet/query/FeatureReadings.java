// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureQueries;
import kinglet.feature.KeyedQuery;
import kinglet.feature.ServiceInput;
import kinglet.template.OpenParameter;

/// Finds the queries that memory can answer: those that read feature views by their keys.
/// Thread-safe.
record FeatureReadings(KeyedReads features, QueryRunner runner) {
  /// The query as it may be run; fails if it may not be.
  CheckedQuery check(PlannedQuery query) {
    Set<String> views = query.featureViews();
    if (views.isEmpty()) {
      return runner.check(query);
    }
    Optional<KeyedQuery> keyed =
        features.find(
            query.resources().workspace(),
            query.sql(),
            column -> OpenParameter.of(column).map(one -> ServiceInput.of(one.name(), one.type())));
    return keyed
        .<CheckedQuery>map(found -> new CheckedQuery.Keyed(query, found))
        .orElseThrow(() ->
            new PlatformException(
                QueryError.FEATURES_NOT_KEYED,
                "[Error] The query reads "
                    + views.stream().sorted().collect(Collectors.joining(", "))
                    + " in another way than row by row with every key column fixed by = or IN and"
                    + " constants, such as SELECT * FROM view WHERE key = 'a'; nothing else is"
                    + " offered for feature views yet"));
  }

  QueryAnswer run(CheckedQuery checked) {
    return switch (checked) {
      case CheckedQuery.Sent sent -> runner.run(sent);
      case CheckedQuery.Keyed(PlannedQuery _, KeyedQuery keyed)
          when !keyed.program().inputs().isEmpty() ->
          throw new PlatformException(
              QueryError.QUERY_REFUSED,
              "[Error] There is no column for " + keyed.program().inputs().getFirst().parameter());
      case CheckedQuery.Keyed(PlannedQuery query, KeyedQuery keyed) ->
          new BufferedAnswer(
              switch (query.format()) {
                case JSON -> FeatureQueries.json(keyed);
                case JSON_EACH_ROW -> FeatureQueries.ndjson(keyed);
                default ->
                    throw new PlatformException(
                        QueryError.UNKNOWN_FORMAT,
                        "[Error] Features are answered as JSON or JSONEachRow, not as "
                            + query.format().clickHouseName());
              },
              query.format());
    };
  }
}
