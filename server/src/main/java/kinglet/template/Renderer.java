// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Optional;
import kinglet.error.PlatformException;

/// Walks the tree of a template once and writes the SQL. Owned by one thread.
final class Renderer {
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private static final int SHOWN_CHARS = 20;

  private final Evaluator evaluator;
  private final Output output = new Output();
  private int turns;
  private int line = 1;

  Renderer(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Rendered render(List<Part> parts) {
    Flow _ = run(parts);
    return new Rendered(
        output.sql(), evaluator.functions().queryParameters(), evaluator.functions().hints());
  }

  /// Where the tag that is rendered starts.
  int line() {
    return line;
  }

  private Flow run(List<Part> parts) {
    for (Part part : parts) {
      Flow flow = run(part);
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow run(Part part) {
    return switch (part) {
      case Part.Literal(String text) -> {
        output.literal(text);
        yield Flow.ON;
      }
      case Part.Write write -> {
        write(write);
        yield Flow.ON;
      }
      case Part.Assign(List<String> targets, Expression value, int at) -> {
        line = at;
        evaluator.set(targets, evaluator.evaluate(value));
        yield Flow.ON;
      }
      case Part.Evaluate(Expression expression, int at) -> {
        line = at;
        Value unused = evaluator.evaluate(expression);
        evaluator.charge(unused.absent() ? 0 : 1);
        yield Flow.ON;
      }
      case Part.If(List<Part.Branch> branches, List<Part> otherwise) -> {
        Optional<Part.Branch> taken = branches.stream().filter(this::holds).findFirst();
        yield run(taken.map(Part.Branch::body).orElse(otherwise));
      }
      case Part.For loop -> loop(loop);
      case Part.While loop -> loop(loop);
      case Part.Try attempt -> attempt(attempt);
      case Part.Break _ -> Flow.BREAK;
      case Part.Continue _ -> Flow.CONTINUE;
    };
  }

  private boolean holds(Part.Branch branch) {
    line = branch.line();
    return Operations.truth(evaluator.evaluate(branch.condition()));
  }

  private void write(Part.Write write) {
    line = write.line();
    Value value = evaluator.evaluate(write.expression());
    if (value.absent()) {
      if (!evaluator.checking()) {
        throw TemplateFailures.argument(
            "expression \"" + shown(write.source()) + "\" evaluated to null");
      }
      value = Value.of(SqlText.PLACEHOLDER);
    }
    output.value(
        SqlText.of(output.outside() ? value : Evaluator.closed(value)), shown(write.source()));
  }

  private static String shown(String source) {
    return source.length() > SHOWN_CHARS ? source.substring(0, SHOWN_CHARS) + "..." : source;
  }

  private void turn() {
    if (++turns > Limits.TURNS_MAX) {
      throw TemplateFailures.limit("the loops take more than " + Limits.TURNS_MAX + " turns");
    }
    evaluator.charge(0);
  }

  private Flow loop(Part.For loop) {
    line = loop.line();
    for (Value element : evaluator.iterated(evaluator.evaluate(loop.source()))) {
      turn();
      evaluator.set(loop.targets(), element);
      if (run(loop.body()) == Flow.BREAK) {
        return Flow.ON;
      }
    }
    return run(loop.otherwise());
  }

  private Flow loop(Part.While loop) {
    line = loop.line();
    while (Operations.truth(evaluator.evaluate(loop.condition()))) {
      turn();
      if (run(loop.body()) == Flow.BREAK) {
        return Flow.ON;
      }
    }
    return run(loop.otherwise());
  }

  private Flow attempt(Part.Try attempt) {
    Flow flow;
    try {
      flow = run(attempt.body());
      if (flow == Flow.ON) {
        flow = run(attempt.otherwise());
      }
    } catch (PlatformException e) {
      if (!attempt.caught() || e.code() == TemplateError.TEMPLATE_LIMIT) {
        if (e.code() != TemplateError.TEMPLATE_LIMIT) {
          Flow _ = run(attempt.last());
        }
        throw e;
      }
      flow = run(attempt.except());
    }
    Flow last = run(attempt.last());
    return last == Flow.ON ? flow : last;
  }
}
