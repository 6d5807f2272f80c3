// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// The body of a lambda: an expression over a row with some more columns at its end.
record LambdaBody(Compiled body, int base, int parameters) {
  DataType type() {
    return body.type();
  }

  Call evaluator() {
    return new Call(body.evaluator(), base, parameters);
  }

  /// Evaluates the body for one row after the other; belongs to one thread.
  static final class Call implements Row {
    private final Evaluator body;
    private final int base;
    private final Slot[] values;
    private Row outer = (column, into) -> into.setNull();

    private Call(Evaluator body, int base, int parameters) {
      this.body = body;
      this.base = base;
      this.values = new Slot[parameters];
      for (int i = 0; i < parameters; i++) {
        values[i] = new Slot();
      }
    }

    /// The place of a parameter's value.
    Slot parameter(int index) {
      return values[index];
    }

    void evaluate(Row row, Slot out) {
      outer = row;
      body.evaluate(this, out);
    }

    @Override
    public void get(int column, Slot into) {
      if (column >= base) {
        into.set(values[column - base]);
      } else {
        outer.get(column, into);
      }
    }
  }
}
