// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.Node;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.error.PlatformException;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.feature.definition.FeatureView;
import kinglet.feature.row.StoredRows;
import kinglet.type.Column;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A feature view of a workspace: its program, the data source it is made of, and what tells it
/// from any other.
record ViewSource(
    ViewProgram program, DataSource source, ViewDefinition definition, String fingerprint) {
  private static final Logger LOG = LoggerFactory.getLogger(ViewSource.class);

  /// The feature views of a workspace by name, lookup views first; without those that can't be made
  /// any more.
  ///
  /// @param asOfMicros how far back reads at a time of the caller's reach
  static Map<String, ViewSource> all(Resources resources, long asOfMicros) {
    Map<String, ViewSource> sources = new LinkedHashMap<>();
    List<Pipe> left =
        resources.pipes().stream().map(CompiledPipe::pipe).filter(Pipe::features).toList();
    for (boolean enriched : new boolean[] {false, true}) {
      for (Pipe pipe : left) {
        if (!sources.containsKey(pipe.name())) {
          try {
            sources.put(pipe.name(), of(resources, pipe, sources, asOfMicros));
          } catch (DefinitionProblem | BadInstruction | PlatformException e) {
            if (enriched) {
              LOG.atError()
                  .setCause(e)
                  .addKeyValue("view", pipe.name())
                  .log("feature view is not served");
            }
          }
        }
      }
    }
    return sources;
  }

  /// @param lookups the lookup views there are, by name
  /// @param asOfMicros how far back reads at a time of the caller's reach
  static ViewSource of(
      Resources resources, Pipe pipe, Map<String, ViewSource> lookups, long asOfMicros) {
    PipeKind.Features kind = (PipeKind.Features) pipe.kind();
    Node node = pipe.node(kind.node()).orElseThrow();
    FeatureView view = FeatureView.of(pipe.name(), kind, node.sql());
    DataSource source =
        resources
            .dataSource(view.query().source())
            .orElseThrow(() ->
                new DefinitionProblem(
                    view.query().sourceOffset(),
                    "There is no data source '" + view.query().source() + "'"));
    ViewProgram program =
        ViewCompiler.compile(
            view,
            source.schema(),
            name -> Optional.ofNullable(lookups.get(name)).map(ViewSource::program),
            asOfMicros);
    return new ViewSource(
        program,
        source,
        ViewDefinition.of(pipe),
        fingerprint(kind, node.sql(), source, program, lookups));
  }

  /// The definition, and the columns it reads.
  private static String fingerprint(
      PipeKind.Features kind,
      String sql,
      DataSource source,
      ViewProgram program,
      Map<String, ViewSource> lookups) {
    String joined =
        program.enrichments().stream()
            .map(enrichment ->
                Optional.ofNullable(lookups.get(enrichment.lookup().name())).orElseThrow())
            .map(ViewSource::fingerprint)
            .collect(Collectors.joining(" "));
    String columns =
        IntStream.of(StoredRows.columns(program.rows()))
            .mapToObj(place -> source.schema().column(place))
            .map(ViewSource::text)
            .collect(Collectors.joining("\n"));
    String all =
        String.join(
            "\n\n",
            sql,
            kind.entity().toString(),
            kind.eventTime(),
            kind.ttl().toString(),
            new TreeMap<>(kind.tiles()).toString(),
            Long.toString(source.id()),
            columns,
            joined);
    return Fingerprint.of(all);
  }

  private static String text(Column column) {
    return column.name() + " " + column.type().sql() + " " + column.defaultExpression();
  }
}
