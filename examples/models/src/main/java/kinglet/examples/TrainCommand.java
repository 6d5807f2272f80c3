// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Trains a model on the earlier days of a training set and judges it by the later ones.
@Command(
    name = "train",
    description = "Train a logistic regression on a training set.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "the training set, as NDJSON")
  private Path file = Path.of("");

  @Option(
      names = "--label",
      required = true,
      paramLabel = "COLUMN",
      description = "the column that says what happened: 1 or 0")
  private String label = "";

  @Option(
      names = "--time",
      required = true,
      paramLabel = "COLUMN",
      description = "the column with the times: later days are kept for judging")
  private String time = "";

  @Option(
      names = "--numbers",
      split = ",",
      paramLabel = "COLUMN",
      description = "columns of numbers the model takes")
  private List<String> numbers = List.of();

  @Option(
      names = "--categories",
      split = ",",
      paramLabel = "COLUMN",
      description = "columns with few values the model takes")
  private List<String> categories = List.of();

  @Option(
      names = "--naive",
      paramLabel = "COLUMN",
      description = "whose share of the label is the guess to beat")
  private List<String> naive = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "where the model is written")
  private Path out = Path.of("");

  @Override
  public Integer call() throws IOException {
    if (numbers.isEmpty() && categories.isEmpty()) {
      throw new IllegalArgumentException("name columns to learn from: --numbers or --categories");
    }
    TrainingFile.Split split = TrainingFile.read(file, time, label).split();
    Model fitted = new Trainer(label, numbers, categories).fit(split.training());
    List<Model.Score> scores = scores(split, fitted);
    PrintWriter print = spec.commandLine().getOut();
    print.printf(
        Locale.ROOT,
        "%,d rows to learn from, before %s; %,d to judge by, from then on%n%n",
        split.training().size(),
        split.cut().toLocalDate(),
        split.heldOut().size());
    print.printf(Locale.ROOT, "  %-36s %6s  %8s%n", "guess", "AUC", "log loss");
    for (Model.Score score : scores) {
      print.printf(
          Locale.ROOT, "  %-36s %6.3f  %8.4f%n", score.guess(), score.auc(), score.logLoss());
    }
    new Model(label, fitted.intercept(), fitted.numbers(), fitted.categories(), scores).write(out);
    print.printf("%nthe model is in %s%n", out);
    print.flush();
    return 0;
  }

  private List<Model.Score> scores(TrainingFile.Split split, Model fitted) {
    Judgement judgement = new Judgement(split.heldOut());
    List<Model.Score> scores = new ArrayList<>();
    scores.add(judgement.score("share of all", Judgement.share(split.training(), _ -> "")));
    for (String column : naive) {
      scores.add(
          judgement.score(
              "share by " + column,
              Judgement.share(
                  split.training(), row -> String.valueOf(Model.column(row.columns(), column)))));
    }
    scores.add(judgement.score("model", row -> fitted.chance(row.columns())));
    return scores;
  }
}
