// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

/// A pipe whose templates are parsed, ready to become one query.
public record CompiledPipe(Pipe pipe) {
  public String name() {
    return pipe.name();
  }
}
