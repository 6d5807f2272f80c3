// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Which functions queries may use: those named in the lists beside this class, no others.
///
/// Names are compared without case, because many of ClickHouse's are known in any case and no
/// offered name differs from a refused one by case alone.
public final class FunctionRules {
  private static final Set<String> FUNCTIONS = names("functions.txt");
  private static final Set<String> AGGREGATES = names("aggregate-functions.txt");
  private static final Set<String> REFUSED = names("refused-functions.txt");

  /// What the engine's parser itself knows, without there being a function of that name.
  private static final Set<String> SYNTAX =
      Set.of(
          "date_add",
          "date_sub",
          "dateadd",
          "datesub",
          "exists",
          "lambda",
          "timestamp_add",
          "timestamp_sub",
          "timestampadd",
          "timestampsub");

  /// Suffixes that make other aggregate functions of one.
  private static final List<String> COMBINATORS =
      List.of(
          "argmax",
          "argmin",
          "array",
          "distinct",
          "foreach",
          "if",
          "map",
          "merge",
          "null",
          "ordefault",
          "ornull",
          "resample",
          "simplestate",
          "state",
          "tuple");

  /// Functions in the place of a table that read nothing.
  private static final Set<String> TABLE_FUNCTIONS =
      Set.of(
          "numbers",
          "numbers_mt",
          "zeros",
          "zeros_mt",
          "primes",
          "values",
          "generateseries",
          "generate_series",
          "generaterandom",
          "null",
          "view");

  private FunctionRules() {}

  public static boolean allowsTableFunction(String name) {
    return TABLE_FUNCTIONS.contains(name.toLowerCase(Locale.ROOT));
  }

  public static boolean refuses(String name) {
    return REFUSED.contains(name.toLowerCase(Locale.ROOT));
  }

  public static boolean allows(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !REFUSED.contains(lower)
        && (FUNCTIONS.contains(lower) || SYNTAX.contains(lower) || isAggregate(lower));
  }

  /// An aggregate function with any number of combinators behind it.
  private static boolean isAggregate(String lower) {
    if (AGGREGATES.contains(lower)) {
      return true;
    }
    for (String combinator : COMBINATORS) {
      if (lower.endsWith(combinator)
          && isAggregate(lower.substring(0, lower.length() - combinator.length()))) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> names(String file) {
    try (InputStream in = FunctionRules.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.strip().toLowerCase(Locale.ROOT))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }
}
