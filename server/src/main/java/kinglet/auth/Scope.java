// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One thing a token allows.
///
/// The text form is `TYPE[:resource[:filter]]`, such as `PIPES:READ:top_pages`.
public sealed interface Scope {
  /// The name of the scope without its resource.
  String type();

  /// The resource it is limited to.
  default Optional<String> resource() {
    return Optional.empty();
  }

  /// The SQL condition rows must satisfy to be seen.
  default Optional<String> filter() {
    return Optional.empty();
  }

  /// Values the caller cannot change.
  default Map<String, List<String>> fixedParams() {
    return Map.of();
  }

  /// A scope for the whole workspace.
  record Wide(WideScope scope) implements Scope {
    @Override
    public String type() {
      return scope.text();
    }
  }

  /// Rows of one data source may be read.
  record ReadDataSource(String name, Optional<String> filter) implements Scope {
    @Override
    public String type() {
      return "DATASOURCES:READ";
    }

    @Override
    public Optional<String> resource() {
      return Optional.of(name);
    }
  }

  /// Rows may be added to one data source.
  record AppendDataSource(String name) implements Scope {
    @Override
    public String type() {
      return "DATASOURCES:APPEND";
    }

    @Override
    public Optional<String> resource() {
      return Optional.of(name);
    }
  }

  /// One data source may be dropped.
  record DropDataSource(String name) implements Scope {
    @Override
    public String type() {
      return "DATASOURCES:DROP";
    }

    @Override
    public Optional<String> resource() {
      return Optional.of(name);
    }
  }

  /// One pipe may be read.
  record ReadPipe(String name, Optional<String> filter, Map<String, List<String>> fixedParams)
      implements Scope {
    public ReadPipe {
      fixedParams = Map.copyOf(fixedParams);
    }

    @Override
    public String type() {
      return "PIPES:READ";
    }

    @Override
    public Optional<String> resource() {
      return Optional.of(name);
    }
  }

  /// One pipe may be dropped.
  record DropPipe(String name) implements Scope {
    @Override
    public String type() {
      return "PIPES:DROP";
    }

    @Override
    public Optional<String> resource() {
      return Optional.of(name);
    }
  }

  /// The scopes that name no resource.
  enum WideScope {
    ADMIN("ADMIN"),
    TOKENS("TOKENS"),
    DATASOURCES_CREATE("DATASOURCES:CREATE"),
    PIPES_CREATE("PIPES:CREATE"),
    WORKSPACE_READ_ALL("WORKSPACE:READ_ALL"),
    ORG_DATASOURCES_READ("ORG_DATASOURCES:READ");

    private final String text;

    WideScope(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// The text form; values the caller cannot change have none and are left out.
  default String text() {
    return type()
        + resource().map(name -> ":" + name).orElse("")
        + filter().map(condition -> ":" + condition).orElse("");
  }

  /// The scope for the whole workspace.
  static Scope of(WideScope scope) {
    return new Wide(scope);
  }

  /// Reads the text form, or says what is wrong with it.
  static Scope parse(String text) {
    return ScopeText.parse(text);
  }
}
