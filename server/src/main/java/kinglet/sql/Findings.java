// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a walk has come across. Owned by the thread that walks.
final class Findings {
  /// A name at the place of a table, and where it is looked up.
  record Found(TableReference table, Scope scope) {}

  private final List<Found> found = new ArrayList<>();
  private final List<FunctionCall> tableFunctions = new ArrayList<>();
  private final List<FunctionCall> functions = new ArrayList<>();
  private final List<FunctionCall> applied = new ArrayList<>();
  private final List<QueryParameter> parameters = new ArrayList<>();
  private final List<SettingAssignment> settings = new ArrayList<>();
  private final List<Token> settingsClauses = new ArrayList<>();
  private final Set<String> aliases = new HashSet<>();

  void add(Found one) {
    found.add(one);
  }

  void addTableFunction(FunctionCall call) {
    tableFunctions.add(call);
  }

  void addFunction(FunctionCall call) {
    functions.add(call);
  }

  /// The functions from the given one on stand inside APPLY.
  void markApplied(int first) {
    applied.addAll(functions.subList(first, functions.size()));
  }

  void addParameter(QueryParameter parameter) {
    parameters.add(parameter);
  }

  void addAlias(String name) {
    aliases.add(name);
  }

  List<TableReference> references() {
    return found.stream()
        .filter(one -> !isOwn(one))
        .map(Found::table)
        .sorted(Comparator.comparingInt(TableReference::offset))
        .toList();
  }

  List<String> ownTables() {
    return found.stream()
        .filter(one -> one.table().kind() == ReferenceKind.TABLE && isOwn(one))
        .map(one -> one.table().name())
        .toList();
  }

  private static boolean isOwn(Found one) {
    TableReference table = one.table();
    if (table.database().isPresent()) {
      return false;
    }
    return switch (table.kind()) {
      case TABLE -> one.scope().knowsTable(table.name());
      case IN_OPERAND ->
          one.scope().knowsTable(table.name()) || one.scope().knowsAlias(table.name());
      case JOIN_STORAGE -> false;
    };
  }

  List<FunctionCall> tableFunctions() {
    return tableFunctions;
  }

  List<FunctionCall> functions() {
    return functions;
  }

  List<FunctionCall> applied() {
    return applied;
  }

  List<QueryParameter> parameters() {
    return parameters;
  }

  List<SettingAssignment> settings() {
    return settings;
  }

  /// From the word SETTINGS to the last value, for each clause inside the query.
  List<Token> settingsClauses() {
    return settingsClauses;
  }

  Set<String> aliases() {
    return aliases;
  }
}
