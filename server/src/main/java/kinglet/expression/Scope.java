// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import kinglet.expression.Columns.Column;
import kinglet.expression.Expression.Lambda;
import kinglet.type.DataType;

/// What names mean at one place of an expression.
record Scope(Compiler compiler, Columns columns) {
  ZoneId zone() {
    return compiler.zone();
  }

  /// Parameters are columns behind all others; they hide what has their name.
  LambdaBody lambda(Lambda lambda, List<DataType> types) {
    int base = columns.columns().size();
    List<Column> all = new ArrayList<>();
    for (Column column : columns.columns()) {
      boolean hidden = column.table().isEmpty() && lambda.parameters().contains(column.name());
      all.add(hidden ? new Column("", column.type()) : column);
    }
    for (int i = 0; i < types.size(); i++) {
      all.add(new Column(lambda.parameters().get(i), types.get(i)));
    }
    Scope inner = new Scope(compiler, new Columns(all));
    return new LambdaBody(compiler.compile(lambda.body(), inner), base, types.size());
  }
}
